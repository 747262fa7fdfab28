// What a hostile wire stores is shown as text: nothing of it runs, loads, sends or leads anywhere but the web.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, openDesk, until } from "./desk.mjs";
import { hostileWire } from "./hostile.mjs";

let wire, desk, browser;
before(async () => {
  wire = await hostileWire(40);
  desk = await openDesk({ more: wire.config });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await desk?.close();
  await wire?.close();
});

// A page that tells everything that foreign copy could do to it.
const watched = async (context) => {
  const told = [];
  const page = await context.newPage();
  await page.exposeBinding("__told", (_, what) => void told.push(what));
  await page.addInitScript(() => {
    window.ran = (what) => window.__told(`ran ${what}`);
    document.addEventListener("securitypolicyviolation", (e) => window.__told(`policy ${e.effectiveDirective} ${e.blockedURI}`));
  });
  page.on("dialog", (dialog) => (told.push(`dialog ${dialog.message()}`), dialog.dismiss()));
  page.on("pageerror", (error) => told.push(`error ${error}`));
  page.on("popup", (popup) => told.push(`popup ${popup.url()}`));
  page.on("download", (download) => told.push(`download ${download.url()}`));
  page.on("request", (request) => request.url().startsWith(desk.base + "/") || told.push(`request ${request.url()}`));
  page.on("console", (line) => line.type() === "error" && told.push(`console ${line.text()}`));
  return { page, told };
};

// What stands in the page, whether or not it ran.
const found = () => {
  const wrong = [];
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName;
    // Our own drawings: a map of places.
    if (element.closest("svg.map")) {
      const href = element.getAttribute("href");
      const ours = { svg: null, g: null, circle: null, text: null, title: null, desc: null, use: "/assets/world.svg#land", a: /^\/\?near=[-0-9.%C]+$/ };
      if (!(name in ours) || [...element.attributes].some((one) => /^(on|style$|xlink)/i.test(one.name))) wrong.push(element.outerHTML);
      else if (href && !(ours[name] instanceof RegExp ? ours[name].test(href) : ours[name] === href)) wrong.push(`link ${href}`);
      continue;
    }
    if (["iframe", "object", "embed", "svg", "math", "style", "base", "video", "img", "frame", "template"].includes(name)) wrong.push(`<${name}>`);
    if (name === "script" && element.getAttribute("src") !== "/assets/wire.js") wrong.push(element.outerHTML);
    if (name === "meta" && element.httpEquiv) wrong.push(element.outerHTML);
    if (name === "link" && !/^\/assets\//.test(element.getAttribute("href"))) wrong.push(element.outerHTML);
    if (name === "form" && new URL(element.action).origin !== location.origin) wrong.push(element.outerHTML);
    for (const { name: attribute } of element.attributes) if (/^(on|style$|srcdoc$|formaction$)/i.test(attribute)) wrong.push(`${name} ${attribute}`);
    if (name === "a") {
      if (!/^https?:$/.test(element.protocol)) wrong.push(`link ${element.href}`);
      if (element.origin !== location.origin && !["noopener", "nofollow"].every((rel) => element.relList.contains(rel))) wrong.push(`rel ${element.outerHTML}`);
    }
  }
  // Characters that turn the direction of text end with the element that they came in.
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (!/[\u202A-\u202E\u2066-\u2069]/.test(texts.currentNode.data)) continue;
    let element = texts.currentNode.parentElement;
    while (getComputedStyle(element).display === "inline" && getComputedStyle(element).unicodeBidi === "normal") element = element.parentElement;
    if (getComputedStyle(element).unicodeBidi === "normal" && element.children.length) wrong.push(`direction ${element.outerHTML.slice(0, 200)}`);
  }
  return wrong;
};

const items = async () => {
  const all = [];
  for (let next = ""; next !== undefined; ) {
    const list = await (await fetch(`${desk.base}/v1/items?limit=100${next && `&cursor=${next}`}`)).json();
    all.push(...list.items);
    next = list.next ?? undefined;
  }
  return all;
};

test("the tricks work where nothing stops them, and the hooks see it", async () => {
  const context = await browser.newContext();
  const { page, told } = await watched(context);
  await page.goto(`${wire.base}/control`);
  await until("the hooks", async () => told.filter((one) => one.startsWith("ran ")).length >= 5 && wire.beacons.length > 0);
  await context.close();
  const quiet = await browser.newContext({ javaScriptEnabled: false });
  const still = await quiet.newPage();
  await still.goto(`${wire.base}/control?still`);
  const shown = await still.evaluate(found);
  for (const part of ["<svg>", "<iframe>", "img onerror", "link javascript:", "<style>", "<math>"]) {
    assert.ok(shown.some((one) => one.includes(part)), `${part} is found: ${shown}`);
  }
  await quiet.close();
});

test("nothing that a wire sends runs, loads, sends or leads astray", async () => {
  wire.beacons.length = 0;
  await until("every entry", async () => (await items()).length >= wire.size(), 120);
  const all = await items();
  assert.equal(all.length, wire.size());
  assert.ok(all.some((item) => item.headlines[0].value.includes("<script>")), "headlines keep their characters");
  const stories = (await (await fetch(`${desk.base}/v1/stories?limit=100`)).json()).stories;
  const trick = encodeURIComponent("\"><script>ran('query')</script>");
  const paths = [
    "/", "/stories", "/sources", "/login", `/?q=${trick}`, `/?language=${trick}&source=${trick}`, `/items/${trick}`, `/stories/${trick}`, `/${trick}`,
    `/v1/items?q=${trick}`, `/v1/items/${trick}`, "/v1/items", "/v1/stories", "/v1/sources", "/v1/openapi.json",
    ...all.flatMap(({ item_id: id }) => [`/items/${id}`, `/rows/${id}`]),
    ...all.slice(0, 10).flatMap(({ item_id: id }) => [`/v1/items/${id}`, `/v1/items/${id}?format=ninjs`]),
    ...stories.map(({ story_id: id }) => `/stories/${id}`),
  ];
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  const { page, told } = await watched(context);
  for (const path of paths) {
    told.length = 0;
    const answer = await page.goto(desk.base + path);
    if (/text\/html/.test(answer.headers()["content-type"])) {
      assert.deepEqual(await page.evaluate(found), [], path);
      // Over and into everything: handlers that wait for a hand.
      await page.evaluate(() => {
        for (const element of document.querySelectorAll("main, main *"))
          for (const kind of ["mouseover", "mouseenter", "focus", "pointerdown", "toggle", "animationstart"]) element.dispatchEvent(new Event(kind, { bubbles: true }));
      });
    }
    // A page that does not exist is a 404, which the console tells; nothing else may be told.
    const wrong = told.filter((one) => !(answer.status() >= 400 && /console Failed to load resource.*(400|404)/.test(one)));
    assert.deepEqual(wrong, [], path);
    assert.equal(page.url(), new URL(desk.base + path).href, "it stays where it is");
  }
  await context.close();
  assert.deepEqual(wire.beacons, []);
});

test("nor does it when it comes in live", async () => {
  wire.beacons.length = 0;
  const context = await browser.newContext();
  const { page, told } = await watched(context);
  await page.goto(`${desk.base}/`);
  await page.waitForSelector("#live[data-state=on]");
  wire.grow(wire.tricks);
  await page.waitForFunction((most) => document.querySelectorAll("article.row.fresh").length >= most, wire.tricks, { timeout: 120_000 });
  assert.deepEqual(await page.evaluate(found), []);
  assert.deepEqual(told, []);
  assert.deepEqual(wire.beacons, []);
  await context.close();
});
