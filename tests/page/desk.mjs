// Starts the executable on a database of its own, with the sample wire, and opens a browser.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this by \`make test\``);
  return value;
};

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const psql = (url, sql) => execFileSync("psql", [url, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql], { encoding: "utf8", stdio: "pipe" }).trim();

export const until = async (what, check, seconds = 60) => {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await check().catch(() => undefined);
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

// With the sample wire, or with what `more` configures instead; ready when there is an item.
export const openDesk = async ({ api: own = "", more, env = {} } = {}) => {
  const admin = need("WIREDESK_TEST_DATABASE_URL");
  const name = `wiredesk_page_${process.pid}_${Date.now()}`;
  psql(admin, `CREATE DATABASE ${name}`);
  const database = admin.replace(/\/[^/]*$/, `/${name}`);
  const [api, ops, wire] = await Promise.all([freePort(), freePort(), freePort()]);
  const folder = mkdtempSync(join(tmpdir(), "wiredesk-page-"));
  const config = join(folder, "page.toml");
  writeFileSync(
    config,
    `[api]\nlisten = "127.0.0.1:${api}"\n${own}\n[admin]\nlisten = "127.0.0.1:${ops}"\n` +
      (more ?? `[sample_wire]\nenabled = true\nlisten = "127.0.0.1:${wire}"\nspeed = 10.0\n[fetcher.push]\nlisten = "127.0.0.1:0"\n`),
  );
  const desk = spawn(need("WIREDESK_BIN"), ["run", "--config", config], {
    env: { ...process.env, DATABASE_URL: database, WIREDESK_HOME: folder, KAFKA_BOOTSTRAP_SERVERS: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  desk.stdout.on("data", (data) => (log += data));
  desk.stderr.on("data", (data) => (log += data));
  const ended = new Promise((resolve) => desk.on("exit", resolve));
  const base = `http://127.0.0.1:${api}`;
  const close = async () => {
    desk.kill("SIGTERM");
    const timer = setTimeout(() => desk.kill("SIGKILL"), 30_000);
    await ended;
    clearTimeout(timer);
    psql(admin, `DROP DATABASE ${name} WITH (FORCE)`);
    rmSync(folder, { recursive: true, force: true });
  };
  const command = (...args) =>
    execFileSync(need("WIREDESK_BIN"), [...args, "--config", config], { env: { ...process.env, DATABASE_URL: database }, encoding: "utf8" });
  try {
    await until("the first item", async () => Number(psql(database, "SELECT count(*) FROM item")) > 0);
    await until("the API", () => fetch(base));
  } catch (error) {
    await close();
    throw new Error(`${error.message}\n${log.slice(-4000)}`);
  }
  return { base, close, command, database, sql: (text) => psql(database, text), log: () => log };
};

// A page of the desk, and the errors that its browser reports.
export const openPage = async (browser, url, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (line) => line.type() === "error" && errors.push(line.text()));
  await page.goto(url);
  return { page, errors, context };
};

export const openBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
