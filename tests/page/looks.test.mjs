// An admin adds a wire from the page: by the address of a site, whose feeds are found, shown, and listed; its items come to the wire.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { openBrowser, openDesk, openPage, until } from "./desk.mjs";

const feed = (title, headline) =>
  `<rss version="2.0"><channel><title>${title}</title><language>es-ES</language><item><title>${headline}</title><link>https://faro.example/${encodeURIComponent(headline)}</link>` +
  `<pubDate>${new Date(Date.now() - 3600_000).toUTCString()}</pubDate><description>El puerto reabre este martes tras dos días de temporal, según la autoridad portuaria.</description></item></channel></rss>`;

// A site with two feeds, which its page declares.
const openSite = async () => {
  const pages = {
    "/": ["text/html; charset=utf-8", '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"><link rel="alternate" type="application/rss+xml" href="/mar"></head><body>El Faro</body></html>'],
    "/rss": ["application/rss+xml; charset=utf-8", feed("El Faro de Alborada", "Reabre el puerto de Alborada &lt;img src=x onerror=alert(1)&gt;")],
    "/mar": ["application/rss+xml; charset=utf-8", feed("El Faro: Mar", "La flota vuelve a faenar")],
  };
  const server = createServer((request, answer) => {
    const [kind, text] = pages[request.url] ?? ["text/plain", ""];
    answer.writeHead(request.url in pages ? 200 : 404, { "content-type": kind });
    answer.end(text);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
};

let desk, browser, site;
before(async () => {
  site = await openSite();
  // The site is on this machine.
  desk = await openDesk({ env: { WIREDESK__FETCHER__NET__ALLOW: '["127.0.0.1/32"]' } });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await desk?.close();
  site?.close();
});

const logIn = async (page, scope) => {
  const { token } = JSON.parse(desk.command("token", "create", "--json", "--name", "operator", "--scope", scope));
  await page.goto(desk.base + "/login");
  await page.locator("input[name=token]").fill(token);
  await page.locator("form.login button").click();
  await page.waitForURL(desk.base + "/");
};

const sound = async (page) => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => [v.id, v.nodes[0]?.html]), []);
  await page.setViewportSize({ width: 390, height: 844 });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, "nothing is wider than the screen");
  await page.setViewportSize({ width: 1200, height: 900 });
};

test("a site is looked at, one of its feeds is listed, and its items come", async () => {
  const { page, errors, context } = await openPage(browser, desk.base + "/sources");
  assert.equal(await page.getByRole("button", { name: "Look at it" }).count(), 0, "nobody is logged in");
  await logIn(page, "read,admin");
  await page.goto(desk.base + "/sources");
  await page.getByLabel("Address of a feed or of a site").fill(site.url);
  await page.getByRole("button", { name: "Look at it" }).click();
  // The page asks again by itself until a fetcher has answered.
  await page.waitForSelector("form.listing", { timeout: 60_000 });
  assert.equal(await page.locator("main h2").first().innerText(), "El Faro de Alborada");
  assert.match(await page.locator("main").innerText(), /RSS 2\.0, 1 item; the newest of/);
  assert.match(await page.locator("main ul").first().innerText(), /^Reabre el puerto de Alborada/);
  assert.equal(await page.locator("main img").count(), 0, "a headline is text");
  await sound(page);
  assert.equal(desk.sql("SELECT count(*) FROM source WHERE origin = 'desk'"), "0", "to look lists nothing");
  await page.getByRole("radio", { name: /\/mar/ }).check();
  await page.getByLabel("Name").fill("El Faro, la mar");
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByRole("link", { name: "Its items" }).waitFor({ timeout: 60_000 });
  assert.equal(desk.sql("SELECT id, config->>'url', config->>'rights' FROM source WHERE origin = 'desk'"), `el-faro-la-mar|${site.url}/mar|headline`);
  await sound(page);
  await until("its item on the wire", async () => {
    await page.goto(desk.base + "/?source=el-faro-la-mar");
    return (await page.locator("article.row").innerText()).includes("La flota vuelve a faenar");
  });
  assert.equal(desk.sql("SELECT string_agg(action, ' ' ORDER BY seq) FROM admin_audit WHERE action LIKE 'source.%'"), "source.look source.add");
  assert.deepEqual(errors, []);
  await context.close();
});

test("what cannot be seen, and what is listed already, is said; in Spanish too", async () => {
  const { page, context } = await openPage(browser, desk.base + "/", { locale: "es-ES" });
  await logIn(page, "read,admin");
  await page.goto(desk.base + "/sources");
  await page.getByLabel("Dirección de un canal o de un sitio").fill(`${site.url}/nada`);
  await page.getByRole("button", { name: "Mirar" }).click();
  await page.getByRole("alert").waitFor({ timeout: 120_000 });
  assert.match(await page.getByRole("alert").innerText(), /cannot be fetched/);
  await page.getByLabel("Dirección de un canal o de un sitio").fill(`${site.url}/mar`);
  await page.getByRole("button", { name: "Mirar" }).click();
  await page.waitForSelector("form.listing", { timeout: 60_000 });
  await page.getByLabel("Nombre").fill("Otra vez");
  await page.getByRole("button", { name: "Añadir" }).click();
  await page.getByRole("alert").waitFor({ timeout: 60_000 });
  assert.match(await page.getByRole("alert").innerText(), /is listed already: "el-faro-la-mar"/);
  assert.equal(await page.getByLabel("Nombre").inputValue(), "Otra vez", "what was typed is there to be mended");
  await sound(page);
  await context.close();
});
