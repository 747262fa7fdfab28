// The map of a story's places: drawn from an asset that is fetched once, beside the list that says the same in words.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { openBrowser, openDesk, openPage, until } from "./desk.mjs";

let desk, browser;
before(async () => {
  desk = await openDesk();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await desk?.close();
});

for (const [name, options] of [["light", {}], ["dark phone", { colorScheme: "dark", viewport: { width: 390, height: 844 } }]]) {
  test(`a story's places are on a map, numbered as in the list: ${name}`, async () => {
    const id = await until("a story with a place", async () =>
      desk.sql("SELECT s.story_id FROM story_item s JOIN item i USING (item_id) WHERE i.doc ? 'event_place' AND i.doc->'event_place' <> 'null' GROUP BY 1 ORDER BY count(DISTINCT i.doc->'event_place'->'place'->>'id') DESC, count(*) DESC LIMIT 1"), 120);
    const { page, errors, context } = await openPage(browser, `${desk.base}/stories/${id}`, options);
    const answer = await page.request.get(desk.base + "/assets/world.svg");
    assert.equal(answer.headers()["cache-control"], "max-age=86400");
    assert.ok((await answer.body()).length <= 40_000);
    const places = await page.locator(".places li").count();
    assert.ok(places > 0);
    assert.equal(await page.locator(".map circle").count(), places);
    // The land is really drawn: the asset is loaded, and not refused by the content policy.
    await until("the land", () => page.evaluate(() => document.querySelector(".map use").getBBox().width > 0));
    const frame = await page.locator(".map").boundingBox();
    for (const dot of await page.locator(".map circle").all()) {
      const at = await dot.boundingBox();
      assert.ok(at.x >= frame.x - 1 && at.x + at.width <= frame.x + frame.width + 1, "inside the map");
    }
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id), []);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, "nothing is wider than the screen");
    await page.locator(".map a").last().click();
    assert.ok(new URL(page.url()).searchParams.get("near"));
    assert.deepEqual(errors, []);
    await context.close();
  });
}

test("the first page weighs less than 100 KB on the line, and has no map", async () => {
  const { page, context } = await openPage(browser, desk.base + "/");
  await page.waitForSelector("#live[data-state=on]");
  const loaded = await page.evaluate(() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .map((one) => [new URL(one.name).pathname, one.encodedBodySize]));
  const weight = loaded.reduce((sum, [, size]) => sum + size, 0);
  assert.ok(loaded.length >= 3 && weight > 5_000, JSON.stringify(loaded));
  assert.ok(weight < 100_000, JSON.stringify(loaded));
  assert.ok(!loaded.some(([path]) => path.includes("world")));
  await context.close();
});
