// The page in Spanish: every screen, chosen by the browser or by the link, with no English word left outside what the wires say.
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

const SPAIN = { locale: "es-ES" };
const open = (path, options = SPAIN) => openPage(browser, desk.base + path, options);

// Words that are English and nothing else, and that the page is full of in English.
const ENGLISH =
  /\b(the|of|and|with|without|from|every|is|are|was|were|what|why|who|this|these|it|its|to|on|in|at|by|all|not|nothing|none|yet|wires?|items?|versions?|repeats?|stor(y|ies)|sources?|pipeline|alerts?|language|words|show|only|live|older|state|newest|last|poll|rhythm|resume|pause|skip|main|log|topics?|names|quotes|where|around|changed|time line|fits|stage|reads|waits?|letters?|send|drop|remove|address|name|made|given|up to date|urgent|killed|until|expanded|corrected|rewritten|withdrawn|resend|copy|headline)\b/i;

// What the page itself says: not what wires and their sources wrote, and no names, codes and commands.
const said = () => {
  const foreign =
    "[lang]:not(html):not(.language a), .wire-name, .place, option, code, kbd, a.badge.PER, a.badge.ORG, a.badge.LOC, a.badge.MISC, aside a.badge, " +
    ".narrowed a, tbody th, .most li, .stages td, .letters .meta, .deed .unseen, b, .brand, .export a, a[href^='/v1/'], .language, svg, aside a[href*='place='], .evidence";
  const lines = [];
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    if (element.closest("head, script") || element.closest(foreign)) continue;
    if (node.nodeType === Node.TEXT_NODE) lines.push(node.data.trim());
    else for (const name of ["aria-label", "title", "placeholder", "alt"]) lines.push(element.getAttribute(name) ?? "");
  }
  // A code of a language, such as it, is a word of no language.
  return lines.filter((line) => line && !/^[a-z]{2}(-[A-Z]{2})?$/.test(line));
};

const check = async (page, path) => {
  assert.equal(await page.locator("html").getAttribute("lang"), "es", path);
  const lines = await page.evaluate(said);
  assert.ok(lines.length > 8, `${path}: the page says something`);
  assert.deepEqual(lines.filter((line) => ENGLISH.test(line)), [], path);
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => `${path}: ${v.id}: ${v.nodes[0].html}`), []);
  await page.setViewportSize({ width: 390, height: 844 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${path} is ${over} px too wide`);
  await page.setViewportSize({ width: 1200, height: 900 });
};

test("the English page is found out by the same eyes", async () => {
  const { page, context } = await open("/", {});
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.ok((await page.evaluate(said)).filter((line) => ENGLISH.test(line)).length > 10);
  await context.close();
});

test("every screen speaks Spanish", async () => {
  const story = await until("a story in several languages", async () => desk.sql("SELECT story_id FROM story WHERE cardinality(languages) > 1 LIMIT 1"), 180);
  const changed = await until("an item that was changed", async () => desk.sql("SELECT item_id FROM item WHERE version > 1 LIMIT 1"), 120);
  const repeat = await until("a repeat", async () => desk.sql("SELECT item_id FROM item WHERE duplicate_of IS NOT NULL LIMIT 1"), 120);
  const { page, errors, context } = await open("/");
  for (const path of ["/", "/?q=qqqqxyzzy", "/?language=es&duplicates=false&urgency=5&near=40.4,-3.7,500", "/stories", `/stories/${story}`, `/items/${changed}`,
    `/items/${repeat}`, `/items/${changed}/diff`, "/sources", "/pipeline", "/alerts", "/login"]) {
    await page.goto(desk.base + path);
    await check(page, path);
  }
  assert.deepEqual(errors, []);
  await context.close();
});

test("what was taken out and mended, and who found what, is said in Spanish, whatever it was", async () => {
  // An item for each reason and each kind of repair that the sample wire has.
  const ids = [...new Set(desk.sql("SELECT DISTINCT ON (name) item_id FROM item JOIN item_cleaning USING (item_id, version), " +
    "LATERAL (SELECT r->>'reason' FROM jsonb_array_elements(removed) AS r UNION SELECT r->>'kind' FROM jsonb_array_elements(repairs) AS r) AS what (name) ORDER BY name").split("\n"))];
  assert.ok(ids.length >= 5, ids.join());
  const { page, context } = await open("/");
  let shown = 0;
  for (const id of ids) {
    await page.goto(`${desk.base}/items/${id}`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    await check(page, `/items/${id}`);
    // The wire moves on while this reads: of what was withdrawn since, nothing may be shown.
    if ((await page.locator("details.cleaning").count()) === 0) {
      assert.equal(desk.sql(`SELECT count(*) FROM item JOIN item_cleaning USING (item_id, version) WHERE item_id = '${id}'`), "0", id);
      continue;
    }
    shown += 1;
    assert.match(await page.locator("details.cleaning summary").innerText(), /^Limpieza: \d+ pasajes? retirados?$/);
    // What has no Spanish words is marked as English.
    assert.deepEqual(await page.locator("details [lang=en]:not(td, del)").allInnerTexts(), [], `/items/${id}`);
    const heads = await page.locator("details.provenance tbody th").allInnerTexts();
    assert.ok(heads.length > 3);
    assert.deepEqual(heads.filter((head) => ENGLISH.test(head)), []);
  }
  assert.ok(shown >= 4, `${shown} of ${ids.length} are still on the wire`);
  await context.close();
});

test("what is not there is said in the reader's language to a person, and as a problem document to a program", async () => {
  const { page, context } = await open("/items/none");
  await check(page, "/items/none");
  assert.equal(await page.locator("h1").innerText(), "Aquí no hay nada");
  await page.getByRole("link", { name: "English" }).click();
  assert.equal(page.url(), desk.base + "/items/none");
  assert.equal(await page.getByRole("alert").innerText(), "there is no item none");
  await page.goto(desk.base + "/nowhere");
  assert.equal(await page.locator("h1").innerText(), "There is nothing here");
  await context.close();
  const page404 = await fetch(desk.base + "/items/none", { headers: { accept: "text/html" } });
  assert.equal(page404.status, 404);
  for (const part of ["accept", "accept-language", "cookie"]) assert.ok(page404.headers.get("vary").toLowerCase().split(/, */).includes(part), page404.headers.get("vary"));
  const problem = await fetch(desk.base + "/items/none");
  assert.deepEqual([problem.status, problem.headers.get("content-type"), (await problem.json()).detail], [404, "application/problem+json", "there is no item none"]);
});

test("live words and live rows are Spanish", async () => {
  const { page, context } = await open("/");
  await page.waitForSelector("#live[data-state=on]");
  assert.equal(await page.locator("#live").innerText(), "en directo");
  const row = await page.evaluate(async () => document.querySelector("article.row").id.replace("item-", ""));
  const html = await page.evaluate(async (id) => (await fetch(`/rows/${id}`)).text(), row);
  assert.match(html, /title="Idioma"/);
  await context.close();
});

test("forms say in Spanish what is wrong, and what an admin may do", async () => {
  const { page, context } = await open("/login");
  await page.getByLabel("Token").fill("wd_wrong");
  await page.getByRole("button", { name: "Entrar" }).click();
  assert.match(await page.getByRole("alert").innerText(), /no se conoce aquí/);
  const { token } = JSON.parse(desk.command("token", "create", "--json", "--name", "mesa", "--scope", "read,admin"));
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Entrar" }).click();
  await page.waitForURL(desk.base + "/");
  for (const path of ["/sources", "/pipeline", "/alerts", "/alerts?language=es"]) {
    await page.goto(desk.base + path);
    await check(page, path);
  }
  await page.getByLabel("Nombre").fill("Teletipos");
  await page.getByLabel("Dirección").fill("javascript:alert(1)");
  await page.locator("form.filters").evaluate((form) => (form.noValidate = true));
  await page.getByRole("button", { name: "Crear" }).click();
  assert.match(await page.getByRole("alert").innerText(), /no es de http/);
  await check(page, "a refused alert");
  // A form's address cannot be asked for: the link leads to its screen.
  await page.getByRole("link", { name: "English" }).click();
  assert.equal(page.url(), desk.base + "/alerts");
  await context.close();
});

test("the link changes the language, without JavaScript too, and the choice is remembered", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const { page, context } = await open("/sources", { javaScriptEnabled });
    await page.getByRole("link", { name: "Español" }).click();
    assert.equal(new URL(page.url()).pathname, "/sources");
    assert.equal(await page.locator("h1").innerText(), "Fuentes");
    const [cookie] = await context.cookies();
    assert.deepEqual([cookie.name, cookie.value, cookie.sameSite, cookie.path], ["wiredesk-language", "es", "Lax", "/"]);
    await page.goto(desk.base + "/");
    assert.equal(await page.locator("html").getAttribute("lang"), "es", "remembered, against what the browser asks for");
    await page.goBack();
    await page.getByRole("link", { name: "English" }).click();
    assert.equal(await page.locator("h1").innerText(), "Sources");
    await context.close();
  }
});

test("a cache is told what the page depends on, and a kept page is not the other language's", async () => {
  const ask = (headers) => fetch(desk.base + "/login", { headers });
  const english = await ask({ "accept-language": "en" });
  for (const part of ["accept-language", "cookie"]) assert.ok(english.headers.get("vary").toLowerCase().includes(part), english.headers.get("vary"));
  assert.equal(english.headers.get("cache-control"), "no-cache");
  const known = { "if-none-match": english.headers.get("etag") };
  assert.equal((await ask({ "accept-language": "en", ...known })).status, 304);
  const spanish = await ask({ "accept-language": "es", ...known });
  assert.equal(spanish.status, 200);
  assert.match(await spanish.text(), /<html lang="es">/);
  assert.equal((await ask({ "accept-language": "en", cookie: "wiredesk-language=es", ...known })).status, 200);
  const away = await fetch(`${desk.base}/language/es?back=//elsewhere.example/`, { redirect: "manual" });
  assert.deepEqual([away.status, away.headers.get("location")], [303, "/"]);
  assert.equal((await fetch(`${desk.base}/language/xx`)).status, 404);
});
