// The page where a token is asked for: in, live, out, and out for those whose token was revoked.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { openBrowser, openDesk } from "./desk.mjs";

let desk, browser;
before(async () => {
  desk = await openDesk({ api: 'access = "token"' });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await desk?.close();
});

const token = (...args) => JSON.parse(desk.command("token", "create", "--json", "--name", "page", ...args));

const visit = async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(desk.base + "/");
  assert.equal(new URL(page.url()).pathname, "/login", "who has no session is shown the way in");
  const enter = async (text) => {
    await page.getByLabel("Token").fill(text);
    await page.getByRole("button", { name: "Log in" }).click();
  };
  return { context, page, enter };
};

test("with a token the wire is there, live, until one logs out", async () => {
  const { context, page, enter } = await visit();
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id), []);
  await enter("wd_wrong");
  assert.match(await page.getByRole("alert").innerText(), /not known here/);
  await enter(token("--scope", "admin").token);
  assert.match(await page.getByRole("alert").innerText(), /the scope read/);
  const { token: secret } = token();
  await enter(secret);
  await page.waitForSelector("#live[data-state=on]");
  await page.waitForSelector("article.row.fresh", { timeout: 60_000 });
  const cookies = await context.cookies();
  assert.deepEqual(cookies.map(({ name, httpOnly, sameSite, expires }) => ({ name, httpOnly, sameSite, expires })), [
    { name: "wiredesk", httpOnly: true, sameSite: "Strict", expires: -1 },
  ]);
  assert.equal(await page.evaluate(() => document.cookie), "", "no script sees it");
  await page.getByRole("link", { name: "Sources" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL("**/login");
  assert.deepEqual(await context.cookies(), []);
  await page.goto(desk.base + "/sources");
  assert.equal(new URL(page.url()).pathname, "/login");
  await context.close();
});

test("a foreign page can neither read nor log in nor out with the reader's session", async () => {
  const { context, page, enter } = await visit();
  await enter(token("--scope", "read,admin").token);
  await page.waitForSelector("article.row");
  // Another port is another origin, but the same site: the cookie goes along, and the origin must stop it.
  const foreign = await context.newPage();
  const { createServer } = await import("node:http");
  const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>foreign"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  await foreign.goto(`http://127.0.0.1:${server.address().port}/`);
  const source = desk.sql("SELECT id FROM source ORDER BY id LIMIT 1");
  const read = await foreign.evaluate(async ([base, id]) => {
    const got = [];
    for (const [path, method] of [["/v1/items", "GET"], [`/v1/sources/${id}/pause`, "POST"], ["/logout", "POST"]]) {
      await fetch(base + path, { method, credentials: "include", mode: "cors" }).then(() => got.push(path), () => {});
      await fetch(base + path, { method, credentials: "include", mode: "no-cors" }).then(() => {}, () => {});
    }
    return got;
  }, [desk.base, source]);
  assert.deepEqual(read, [], "nothing is readable");
  assert.equal(desk.sql(`SELECT paused FROM source WHERE id = '${source}'`), "f");
  await page.reload();
  assert.equal(new URL(page.url()).pathname, "/", "the session is still there");
  // And the same from our own page is let through: the test above would find it.
  const status = await page.evaluate(async (id) => (await fetch(`/v1/sources/${id}/pause`, { method: "POST" })).status, source);
  assert.equal(status, 200);
  assert.equal(desk.sql(`SELECT paused FROM source WHERE id = '${source}'`), "t");
  await new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  await context.close();
});

test("whose token is revoked loses the live rows, and then the page", async () => {
  const { context, page, enter } = await visit();
  const made = token();
  await enter(made.token);
  await page.waitForSelector("#live[data-state=on]");
  desk.command("token", "revoke", made.id);
  await page.waitForSelector("#live[data-state=off]", { timeout: 60_000 });
  await page.reload();
  await page.waitForURL("**/login");
  await context.close();
});
