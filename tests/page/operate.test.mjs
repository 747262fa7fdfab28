// What an operator does from the page: sees how the line is doing, lets a wire rest, has a dead letter sent again; and what an editor
// looks up: what a version changed.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { openBrowser, openDesk, openPage, until } from "./desk.mjs";

let desk, browser;
before(async () => {
  // The hook is on this machine.
  desk = await openDesk({ env: { WIREDESK__ALERTS__NET__ALLOW: '["127.0.0.1/32"]' } });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await desk?.close();
});

const open = (path, options) => openPage(browser, desk.base + path, { viewport: { width: 1440, height: 900 }, ...options });

const logIn = async (page, scope) => {
  const { token } = JSON.parse(desk.command("token", "create", "--json", "--name", "operator", "--scope", scope));
  await page.goto(desk.base + "/login");
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(desk.base + "/");
};

const sound = async (page) => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter((v) => ["serious", "critical"].includes(v.impact));
  assert.deepEqual(grave.map((v) => [v.id, v.nodes[0]?.html]), []);
};

// An address that alerts are sent to.
const openHook = async () => {
  const came = [];
  const server = createServer((request, answer) => {
    let body = "";
    request.on("data", (data) => (body += data));
    request.on("end", () => {
      came.push({ headers: request.headers, body });
      answer.end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { came, url: `http://127.0.0.1:${server.address().port}/hook`, close: () => server.close() };
};

// A record that no stage can read, as a producer of somebody else's would write it.
const spoil = () =>
  desk.sql(
    "SELECT bus_append(ARRAY[id], ARRAY[0], ARRAY['a key'::bytea], ARRAY['this is no JSON {'::bytea], ARRAY['[]'], ARRAY[now()]) " +
      "FROM bus_topic WHERE name LIKE '%.raw.v1'",
  );

// First: the sample wire has sent everything within a minute.
test("an alert that is made of what the wire shows comes to its address, signed", async () => {
  const hook = await openHook();
  const { page, errors, context } = await open("/");
  await logIn(page, "read,admin");
  await page.goto(desk.base + "/?language=es");
  await page.getByRole("link", { name: "Send this to an address" }).click();
  await page.getByLabel("Name").fill("Spanish wire");
  await page.getByLabel("Address").fill("javascript:alert(1)");
  await page.locator("form.filters").evaluate((form) => (form.noValidate = true));
  await page.getByRole("button", { name: "Make it" }).click();
  assert.match(await page.getByRole("alert").innerText(), /no address by http/);
  await page.getByLabel("Address").fill(hook.url);
  await page.getByRole("button", { name: "Make it" }).click();
  const key = await page.locator(".made code").innerText();
  await sound(page);
  const { headers, body } = await until("the alert", async () => hook.came[0], 120);
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const signature = createHmac("sha256", Buffer.from(key.replace("whsec_", ""), "base64")).update(signed).digest("base64");
  assert.equal(headers["webhook-signature"], `v1,${signature}`);
  const { data } = JSON.parse(body);
  assert.deepEqual([data.alert.name, data.item.language], ["Spanish wire", "es"]);
  await page.goto(desk.base + "/alerts");
  assert.ok(!(await page.content()).includes(key) && !(await page.content()).includes("/hook"), "neither key nor address is shown again");
  await page.getByRole("button", { name: "Remove Spanish wire" }).click();
  await page.waitForSelector("text=There is none yet");
  // The first answer was a refusal, which a browser reports as an error of its own.
  assert.deepEqual(errors.filter((error) => !error.includes("400")), []);
  hook.close();
  await context.close();
});

test("the pipeline tells how far each stage is and what the day brought", async () => {
  for (const options of [{}, { viewport: { width: 390, height: 844 }, colorScheme: "dark" }]) {
    const { page, errors, context } = await open("/pipeline", options);
    assert.equal(await page.locator(".stages tbody tr").count(), 4);
    assert.equal(await page.locator(".chart g:has(rect.fresh)").count(), 24, "a bar an hour");
    const waits = await page.locator(".chart g:has(rect.half)").count();
    assert.ok(waits >= 1 && waits <= 24, `how long it took, of each hour in which something came: ${waits}`);
    assert.ok((await page.locator(".most section").count()) >= 2);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0, "nothing is wider than the screen");
    assert.equal(await page.getByRole("button", { name: /Send again|Drop/ }).count(), 0, "nobody is logged in");
    // The figures at the top are put anew while one looks.
    await page.evaluate(() => document.getElementById("line").setAttribute("data-old", ""));
    await page.waitForSelector("#line:not([data-old])", { timeout: 30_000 });
    await sound(page);
    assert.deepEqual(errors, []);
    await context.close();
  }
});

test("a dead letter is sent again from the page, comes back, and is dropped with a reason", async () => {
  spoil();
  const { page, errors, context } = await open("/");
  await logIn(page, "read,admin");
  // The sample wire has letters of its own: documents, which are no records.
  const letters = page.locator(".letters > li", { hasText: "not_this_form" });
  const only = async () => (await letters.locator("form").first().getAttribute("action", { timeout: 1000 })).split("/")[2];
  await until("the letter on the page", async () => {
    await page.goto(desk.base + "/pipeline");
    return (await letters.count()) === 1;
  });
  await sound(page);
  const first = await only();
  await letters.getByRole("button", { name: /Send again/ }).click();
  await until("the answer of the relay", async () => desk.sql(`SELECT action FROM dead_letter_settled WHERE dead_id = '${first}'`) === "retried");
  await until("the letter that comes back", async () => {
    await page.goto(desk.base + "/pipeline");
    return (await only()) !== first;
  });
  await letters.getByLabel(/is dropped/).fill("spoilt for the test");
  await letters.getByRole("button", { name: /^Drop/ }).click();
  await letters.waitFor({ state: "detached" });
  assert.equal(desk.sql("SELECT string_agg(action || ' ' || reason, '; ' ORDER BY seq) FROM admin_audit WHERE action LIKE 'dead.%'"),
    "dead.retry ; dead.drop spoilt for the test");
  assert.deepEqual(errors, []);
  await context.close();
});

test("a wire is let rest and polled again from the page, by an admin alone", async () => {
  const { page, errors, context } = await open("/");
  await logIn(page, "read");
  await page.goto(desk.base + "/sources");
  assert.equal(await page.getByRole("button", { name: /Pause|Poll now/ }).count(), 0);
  await page.getByRole("button", { name: "Log out" }).click();
  await logIn(page, "read,admin");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(desk.base + "/sources");
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0, "nothing is wider than the screen");
  await page.setViewportSize({ width: 1440, height: 900 });
  await sound(page);
  const row = page.locator("tbody tr").first();
  await row.getByLabel(/is to rest/).fill("agency asked");
  await row.getByRole("button", { name: /^Pause/ }).click();
  await page.waitForSelector("tbody tr.paused");
  const paused = page.locator("tbody tr.paused");
  assert.match(await paused.innerText(), /paused by an operator: agency asked/);
  await paused.getByRole("button", { name: /^Resume/ }).click();
  await page.waitForSelector("tbody tr.paused", { state: "detached" });
  await page.locator("tbody tr").first().getByRole("button", { name: /^Poll now/ }).click();
  assert.equal(desk.sql("SELECT string_agg(action, ' ' ORDER BY seq) FROM admin_audit WHERE action LIKE 'source.%'"),
    "source.pause source.resume source.resume");
  assert.deepEqual(errors, []);
  await context.close();
});

test("what a version changed is marked, word by word", async () => {
  const id = await until("an item that was changed", async () => desk.sql("SELECT item_id FROM item WHERE version > 1 LIMIT 1"), 120);
  const { page, errors, context } = await open(`/items/${id}`);
  await page.getByRole("link", { name: "what changed" }).last().click();
  await page.waitForSelector("article.difference");
  assert.ok((await page.locator("ins, del").count()) > 0, "something was changed");
  await sound(page);
  assert.deepEqual(errors, []);
  await context.close();
});
