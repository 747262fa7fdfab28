// The page, as a person meets it: rows, live rows, one item, the sources, without JavaScript, on a phone.
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

const open = (path, options) => openPage(browser, desk.base + path, options);

test("the wire shows items and new ones come in live", async () => {
  const { page, errors, context } = await open("/");
  await page.waitForSelector("#live[data-state=on]");
  assert.ok((await page.locator("article.row").count()) > 0, "rows are there at once");
  const fresh = await page.waitForSelector("article.row.fresh", { timeout: 60_000 });
  assert.ok((await fresh.innerText()).length > 10, "the live row has its text");
  assert.deepEqual(errors, []);
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  await context.close();
});

test("an item opens with its copy, its versions and its formats", async () => {
  const { page, errors, context } = await open("/");
  await page.locator("article.row h2 a").first().click();
  await page.waitForSelector("article.item h1");
  assert.ok((await page.locator(".versions li").count()) >= 1);
  const id = new URL(page.url()).pathname.split("/").pop();
  const ninjs = await (await fetch(`${desk.base}/v1/items/${id}?format=ninjs`)).json();
  assert.equal(ninjs.uri, `urn:wiredesk:item:${id}`);
  assert.deepEqual(errors, []);
  await context.close();
});

test("words are found in the body, a topic narrows the wire, and the list leaves in other forms", async () => {
  const { page, errors, context } = await open("/");
  // An item with a topic, and a word that only its body has.
  let wanted;
  await until("an item with a topic and a body", async () => {
    const { items } = await (await fetch(`${desk.base}/v1/items?limit=100`)).json();
    for (const item of items) {
      const body = item.bodies.find((one) => one.contentType === "text/plain")?.value ?? "";
      const outside = [...item.headlines, ...item.descriptions].map((one) => one.value).join(" ");
      const word = (body.match(/\p{L}{9,}/gu) ?? []).find((one) => !outside.includes(one));
      // What repeats another may stand under it, and not in a row of its own.
      if (word && item.subjects.length && !item.duplicate_of) return (wanted = { item, word });
    }
    return false;
  });
  await page.fill("input[name=q]", wanted.word);
  await page.click("form.filters button");
  const shown = await page.locator("article.row h2 a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.ok(shown.includes(`/items/${wanted.item.item_id}`), `${wanted.word}: ${shown}`);

  await page.goto(`${desk.base}/items/${wanted.item.item_id}`);
  // Before and after: what the API says was taken out, and who found what.
  const cleaning = await (await fetch(`${desk.base}/v1/items/${wanted.item.item_id}/cleaning`)).json();
  await page.click("details.cleaning summary");
  assert.deepEqual(await page.locator("details.cleaning del").allInnerTexts(), cleaning.removed.map((one) => one.text));
  await page.click("details.provenance summary");
  assert.ok((await page.locator("details.provenance tbody tr").count()) >= wanted.item.provenance.length);
  const unfolded = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(unfolded.violations.filter((one) => ["serious", "critical"].includes(one.impact)).map((one) => one.id), []);
  const topic = wanted.item.subjects[0];
  await page.locator("aside a.badge", { hasText: topic.name }).first().click();
  assert.equal(new URL(page.url()).searchParams.get("topic"), topic.code);
  assert.ok((await page.locator("article.row").count()) > 0);
  assert.ok((await page.locator(".narrowed a").innerText()).startsWith(topic.name), "the topic by its name");
  const { href } = await page.locator(".export a", { hasText: "CSV" }).evaluate((link) => ({ href: link.href }));
  const csv = await (await fetch(href)).text();
  assert.match(csv, /^item_id,version,/);
  assert.ok(csv.includes(wanted.item.item_id), "the same list");
  const axe = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(axe.violations.filter((one) => ["serious", "critical"].includes(one.impact)).map((one) => one.id), []);
  // The condition is seen, and taken off.
  await page.locator(".narrowed a").click();
  assert.equal(new URL(page.url()).searchParams.get("topic"), null);
  assert.deepEqual(errors, []);
  await context.close();
});

test("repeats stand under their original, those too that come in live", async () => {
  const pair = await until("an original with a repeat on the first page", async () => {
    const { items } = await (await fetch(`${desk.base}/v1/items`)).json();
    // Not the last of the page: the wire moves on.
    const shown = new Map(items.slice(0, 35).map((item) => [item.item_id, item.source.id]));
    const repeat = items.find((item) => item.pubStatus === "usable" && shown.has(item.duplicate_of));
    return repeat && { original: repeat.duplicate_of, repeat: repeat.item_id, source: shown.get(repeat.duplicate_of) };
  }, 180);
  const original = `#item-${pair.original}`;
  const { page, errors, context } = await open("/");
  assert.equal(await page.locator(`#item-${pair.repeat}`).count(), 0, "no row of its own");
  assert.match(await page.locator(`${original} .folded summary`).innerText(), /^\d+ repeats?$/);
  await page.click(`${original} .folded summary`);
  assert.ok(await page.locator(`${original} .folded a[href="/items/${pair.repeat}"]`).isVisible());
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.filter((one) => ["serious", "critical"].includes(one.impact)).map((one) => one.id), []);
  // Who wants no repeats sees none.
  await page.goto(`${desk.base}/?duplicates=false`);
  assert.equal(await page.locator(".folded").count(), 0);
  assert.deepEqual(errors, []);
  await context.close();

  // The stream says that the repeat has come; until then its original stands there alone.
  const late = await openPage(browser, "about:blank");
  await late.context.addInitScript(() => {
    window.EventSource = class {
      constructor() {
        this.heard = {};
        window.stream = this;
      }
      addEventListener(kind, listener) {
        this.heard[kind] = listener;
      }
    };
  });
  await late.page.goto(`${desk.base}/?source=${pair.source}`);
  await late.page.evaluate(
    ([at, id]) => {
      document.querySelector(`${at} .folded`).remove();
      window.stream.heard["news.item.published"]({ data: JSON.stringify({ item_id: id }) });
    },
    [original, pair.repeat],
  );
  await late.page.waitForSelector(`${original}.fresh .folded a[href="/items/${pair.repeat}"]`, { state: "attached" });
  assert.equal(await late.page.locator(`#item-${pair.repeat}`).count(), 0);
  assert.deepEqual(late.errors, []);
  await late.context.close();
});

test("the sources say how each wire is doing", async () => {
  const { page, context } = await open("/sources");
  assert.ok((await page.locator("tbody tr").count()) > 5);
  await until("a wire that answers", async () => {
    await page.reload();
    return (await page.locator("tbody .badge.ok").count()) > 0;
  });
  await context.close();
});

test("without JavaScript the wire is there, and its filters work", async () => {
  const { page, context } = await open("/", { javaScriptEnabled: false });
  assert.ok((await page.locator("article.row").count()) > 0);
  await page.selectOption("select[name=language]", "es");
  await page.getByRole("button", { name: "Show" }).click();
  const languages = await page.locator("article.row .meta .lang").allInnerTexts();
  assert.ok(languages.length > 0 && languages.every((language) => language.toLowerCase() === "es"), languages.join());
  await context.close();
});

test("foreign copy runs no script: the content policy refuses what is not ours", async () => {
  const { page, context } = await open("/");
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.foreign = true";
    document.body.append(script);
    return window.foreign === true;
  });
  assert.equal(ran, false);
  await context.close();
});

for (const [name, options] of [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["phone", { viewport: { width: 360, height: 740 } }],
]) {
  test(`nothing serious for accessibility, nothing wider than the screen: ${name}`, async () => {
    for (const path of ["/", "/sources", "/stories"]) {
      const { page, context } = await open(path, options);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
      assert.deepEqual(serious.map((v) => `${path}: ${v.id}: ${v.nodes[0].html}`), []);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${path} is ${overflow} px too wide`);
      await context.close();
    }
  });
}
