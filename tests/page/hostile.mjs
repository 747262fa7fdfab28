// A wire that wants to run something in its readers' browsers: every trick in every field.
import { createServer } from "node:http";

// What to run; `N` names the trick, so that a report says which one worked. `H` is a server that nobody may ask.
const TRICKS = [
  "<script>ran('N')</script>",
  "<ScRiPt src=http://H/beacon/N.js></sCrIpT>",
  "<img src=x onerror=ran('N')>",
  "<img src=http://H/beacon/N.png>",
  "\"><svg onload=ran('N')>",
  "'><input autofocus onfocus=ran('N')>",
  "\" onmouseover=ran('N') x=\"",
  "' autofocus onfocus=ran('N') x='",
  "` onclick=ran('N') `",
  "</title><script>ran('N')</script>",
  "</textarea></style></noscript><script>ran('N')</script>",
  "--><script>ran('N')</script><!--",
  "]]><script>ran('N')</script>",
  "<iframe srcdoc=\"<script>parent.ran('N')</script>\"></iframe>",
  "<iframe src=javascript:parent.ran('N')></iframe>",
  "<object data=\"data:text/html,<script>parent.ran('N')</script>\"></object><embed src=http://H/beacon/N>",
  "<a href=\"javascript:ran('N')\">press</a>",
  "<a href=\"java\tscript:ran('N')\">press</a>",
  "<style>@import url(http://H/beacon/N.css); * { background: url(http://H/beacon/N-bg) }</style>",
  "<link rel=stylesheet href=http://H/beacon/N.css><link rel=prefetch href=http://H/beacon/N-pre>",
  "<p style=\"position:fixed;inset:0;background:url(http://H/beacon/N)\">over everything</p>",
  "<base href=http://H/beacon/><meta http-equiv=refresh content=\"0;url=http://H/beacon/N\">",
  "<form action=http://H/beacon/N><button autofocus>Log in</button></form>",
  "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=ran('N')&gt;\">",
  "<svg><animate onbegin=ran('N') attributeName=x dur=1s><use href=\"data:image/svg+xml,<svg id=x onload=ran('N')/>#x\"></svg>",
  "<video><source onerror=ran('N')></video><details open ontoggle=ran('N')>",
  "&lt;script&gt;ran('N')&lt;/script&gt;",
  "&#60;img src=x onerror=ran('N')&#62;",
  "%3Cscript%3Eran('N')%3C/script%3E",
  "{{constructor.constructor(\"ran('N')\")()}} ${ran('N')} <%= ran('N') %> {% include 'x' %} #{ran('N')}",
  "\u202E<script>ran('N')</script>\u202Egpj.exe\u2066\u2067",
  "+ADw-script+AD4-ran('N')+ADw-/script+AD4-",
  "<script\u2028>ran('N')</script>\u0085\uFEFF\u200B",
  "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=ran('N') )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=ran('N')//>",
];

// Where an entry may claim to be found.
const LINKS = [
  (h, n) => `javascript:ran('${n}')`,
  (h, n) => `JaVaScRiPt:ran('${n}')//http://H/`,
  (h, n) => ` \tjavascript:ran('${n}')`,
  (h, n) => `data:text/html,<script>ran('${n}')</script>`,
  (h, n) => `vbscript:ran('${n}')`,
  (h, n) => `http://${h}/p/${n}" onclick="ran('${n}')`,
  (h, n) => `http://${h}/p/${n}'><script>ran('${n}')</script>`,
  (h, n) => `//${h}/p/${n}`,
  (h, n) => `http://${h}/p/${n}?javascript:ran('${n}')#"><img src=x onerror=ran('${n}')>`,
];

const xml = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);
// Characters that XML itself refuses would only make the feed unreadable.
const legal = (text) => text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, "");

const FILLER = (n) =>
  `The harbour master of Port ${n}, Nora Quint, said on Monday that ${n} ships wait outside the breakwater of Bilbao. ` +
  `“We will open the lock number ${n} at ${n % 12} o'clock,” Quint told reporters of the Harbour Gazette number ${n}. ` +
  `The Ministry of Transport had put the damage at ${n},500 euros and asked for ${n + 3} weeks of patience. `;

// Serves the feed on a free port: `size` entries at first, `grow()` gives more.
export const hostileWire = async (size) => {
  const beacons = [];
  let count = size;
  let host;
  const trick = (index, n) => TRICKS[index % TRICKS.length].replaceAll("N", n).replaceAll("H", host);
  const entry = (i) => {
    const field = (name, shift) => xml(legal(trick(i + shift, `${name}-${i}`)));
    const link = xml(LINKS[i % LINKS.length](host, `link-${i}`));
    const date = new Date(Date.now() - i * 1000).toUTCString();
    return (
      `<item><guid isPermaLink="false">${field("guid", 5)}${i}</guid><title>${field("title", 0)} Ships wait at lock ${i}</title>` +
      `<link>${link}</link><pubDate>${date}</pubDate><dc:creator>${field("by", 2)}</dc:creator><category>${field("category", 3)}</category>` +
      `<description>${field("lead", 1)} ${xml(FILLER(i + 20))}</description>` +
      `<content:encoded>${xml(`<p>${legal(trick(i + 4, `body-${i}`))}</p><p>${FILLER(i + 20)}</p><p>${FILLER(i + 70)} ${legal(trick(i + 7, `tail-${i}`))}</p>`)}</content:encoded>` +
      `<media:content url="${xml(LINKS[(i + 3) % LINKS.length](host, `media-${i}`))}" medium="image"><media:credit>${field("credit", 6)}</media:credit>` +
      `<media:description>${field("caption", 8)}</media:description></media:content><dc:rights>${field("rights", 9)}</dc:rights></item>`
    );
  };
  const feed = () =>
    `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
    `xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"><channel>` +
    `<title>${xml(trick(0, "feed"))}</title><link>http://${host}/</link><description>${xml(trick(2, "about"))}</description>` +
    `<copyright>${xml(trick(6, "copyright"))}</copyright>${Array.from({ length: count }, (_, i) => entry(count - 1 - i)).join("")}</channel></rss>`;
  const server = createServer((request, response) => {
    if (request.url.startsWith("/beacon")) beacons.push(request.url);
    if (request.url === "/feed.xml") return response.writeHead(200, { "content-type": "application/rss+xml" }).end(feed());
    if (request.url.startsWith("/control")) {
      // One of them leads away from the page at once.
      const shown = TRICKS.map((_, i) => trick(i, `control-${i}`)).filter((one) => !request.url.endsWith("still") || !one.includes("http-equiv"));
      const page = `<!doctype html><title>x</title><body>${shown.join("-->\n</script></textarea></style></math></svg>\n")}`;
      return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
    }
    return response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${server.address().port}`;
  const name = `Wire ${trick(2, "name")}${trick(6, "name")}`;
  return {
    base: `http://${host}`,
    beacons,
    grow: (more) => (count += more),
    size: () => count,
    tricks: TRICKS.length,
    config:
      `[sample_wire]\nenabled = false\n[fetcher.push]\nlisten = ""\n[[fetcher.sources]]\nid = "hostile"\nname = ${JSON.stringify(name)}\n` +
      `url = "http://${host}/feed.xml"\nlanguage = "en"\nrights = "full_text"\ninterval_seconds = 1\nallow = ["127.0.0.1/32"]\n`,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
};
