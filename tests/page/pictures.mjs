// `make pictures`: every screen of the page on the sample wire, in two widths, light and dark and in Spanish, into a folder; from the same
// run the pictures of the README. Needs what the tests of the page need. Usage: node tests/page/pictures.mjs FOLDER [FOLDER_OF_README'S]
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBrowser, openDesk, until } from "./desk.mjs";
import { small } from "./palette.mjs";

const [folder, docs] = process.argv.slice(2);
if (!folder) throw new Error("say into which folder: pictures.mjs FOLDER [FOLDER_OF_README'S]");
mkdirSync(folder, { recursive: true });

const WIDTHS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
// What the README shows; the rest is for whoever changes the page.
const README = { "wire-wide-light-en": "wire.png", "story-wide-light-en": "story.png", "pipeline-wide-dark-en": "pipeline.png" };
// A picture of the README is as high as this at most, and as large.
const HIGH = 900;
const LARGE = 150_000;
const TOGETHER = 400_000;
let together = 0;

const desk = await openDesk();
let browser;
try {
  browser = await openBrowser();
  // Everything has come when nothing has for a while.
  let [count, since] = [0, Date.now()];
  await until("the whole sample wire", async () => {
    const now = Number(desk.sql("SELECT count(*) FROM item_version"));
    if (now !== count) [count, since] = [now, Date.now()];
    return count > 0 && Date.now() - since > 20_000;
  }, 300);
  const story = await until("a story with places", async () =>
    desk.sql(`SELECT story_id FROM story JOIN story_item USING (story_id) JOIN item USING (item_id) WHERE jsonb_typeof(doc->'event_place') = 'object'
              GROUP BY 1 ORDER BY count(DISTINCT doc->'event_place'->'place'->>'id') * cardinality(story.languages) DESC, count(*) DESC LIMIT 1`));
  const item = desk.sql("SELECT item_id FROM item WHERE jsonb_typeof(doc->'event_place') = 'object' AND duplicate_of IS NULL ORDER BY jsonb_array_length(doc->'quotes') DESC, version DESC LIMIT 1");
  const repeat = desk.sql("SELECT item_id FROM item WHERE duplicate_of IS NOT NULL LIMIT 1");
  const arabic = desk.sql("SELECT item_id FROM item WHERE language = 'ar' LIMIT 1");
  // What was taken out of it, in full.
  const cleaned = desk.sql("SELECT item_id FROM item JOIN item_cleaning USING (item_id, version) ORDER BY removed @? '$[*].text' DESC, jsonb_array_length(removed) DESC, item_id LIMIT 1");
  const changed = desk.sql("SELECT item_id FROM item WHERE version > 1 AND pub_status = 'usable' ORDER BY version DESC LIMIT 1");
  const screens = {
    wire: "/", search: "/?language=es&q=euro&duplicates=false&urgency=6", empty: "/?q=qqqqxyzzy", stories: "/stories", story: `/stories/${story}`, item: `/items/${item}`,
    cleaned: `/items/${cleaned}`, repeat: `/items/${repeat}`, ...(arabic && { arabic: `/items/${arabic}` }), difference: `/items/${changed}/diff`, sources: "/sources", pipeline: "/pipeline",
    alerts: "/alerts", "alert-new": "/alerts?language=es&urgency=3",
  };
  const { token } = JSON.parse(desk.command("token", "create", "--json", "--name", "pictures", "--scope", "read,admin"));
  for (const [locale, language] of [["en-GB", "en"], ["es-ES", "es"]]) {
    for (const colorScheme of ["light", "dark"]) {
      for (const [width, viewport] of Object.entries(WIDTHS)) {
        const context = await browser.newContext({ viewport, colorScheme, locale });
        const page = await context.newPage();
        const shoot = async (name, path, { fullPage = true } = {}) => {
          await page.goto(desk.base + path, { waitUntil: "load" });
          const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (over > 0) console.error(`${name} at ${viewport.width} px: ${over} px too wide`);
          const whole = `${name}-${width}-${colorScheme}-${language}`;
          await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
          // The live stream opens after the page is there.
          if (path === "/") await page.waitForSelector("#live[data-state=on]");
          writeFileSync(join(folder, `${whole}.png`), await page.screenshot({ fullPage }));
          if (docs && README[whole]) {
            const height = Math.min(HIGH, await page.evaluate(() => document.documentElement.scrollHeight));
            const picture = small(await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width: viewport.width, height } }));
            if (picture.length > LARGE) throw new Error(`${README[whole]} has ${picture.length} bytes; ${LARGE} are the most`);
            together += picture.length;
            if (together > TOGETHER) throw new Error(`the pictures of the README have ${together} bytes; ${TOGETHER} are the most`);
            writeFileSync(join(docs, README[whole]), picture);
          }
        };
        await shoot("login", "/login");
        for (const [name, path] of Object.entries(screens)) await shoot(name, path);
        // As an admin sees it, with what an admin may do.
        await page.goto(desk.base + "/login");
        await page.locator("input[name=token]").fill(token);
        await page.locator("form.login button").click();
        await page.waitForURL(desk.base + "/");
        for (const name of ["sources", "pipeline", "alerts", "alert-new"]) await shoot(`${name}-admin`, screens[name]);
        await context.close();
      }
    }
  }
} finally {
  await browser?.close();
  await desk.close();
}
