// The shop. Usage: storefront.mjs --var FOLDER   (started by bin/restart)
import { createHash, timingSafeEqual } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { readIni, readJson, root, version } from "./config.mjs";

const pidFile = join(process.argv[3], "storefront.pid");
const listen = readJson("etc/listen.json");
const log = readJson("etc/log.json");
const { region, banner, password } = readIni("etc/storefront.ini");
const about = { version: version(), region, banner, host: listen.host };

const json = (value) => ({ type: "application/json", body: `${JSON.stringify(value)}\n` });
const digest = (text) => createHash("sha256").update(text).digest();
const mayReadOrders = ({ headers }) =>
  timingSafeEqual(digest(headers.authorization ?? ""), digest(`Bearer ${password}`));

const routes = new Map([
  ["/", () => json(about)],
  ["/health", () => ({ type: "text/plain", body: "ok\n" })],
  ["/orders", (request) => (mayReadOrders(request) ? json([]) : { status: 401, type: "text/plain", body: "who?\n" })],
]);
// Read now: the folder may be gone by the time somebody asks.
for (const name of readdirSync(join(root, "public"))) {
  const body = readFileSync(join(root, "public", name));
  routes.set(`/${name}`, () => ({ type: name.endsWith(".png") ? "image/png" : "text/plain", body }));
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://storefront");
  const route = routes.get(pathname) ?? (() => ({ status: 404, type: "text/plain", body: "not here\n" }));
  const { status = 200, type, body } = route(request);
  if (log.requests) console.log(`${request.method} ${pathname} ${status}`);
  response.writeHead(status, { "content-type": type }).end(body);
});

server.on("error", (error) => {
  console.error(`storefront ${about.version} cannot listen on ${listen.address}:${listen.port}: ${error.message}`);
  process.exit(1);
});
server.listen(listen.port, listen.address, () => {
  writeFileSync(`${pidFile}.new`, `${process.pid}\n`);
  renameSync(`${pidFile}.new`, pidFile);
  console.log(`storefront ${about.version} listens on ${listen.address}:${listen.port}, process ${process.pid}`);
});

function stop() {
  console.log(`storefront ${about.version} stops, process ${process.pid}`);
  if (existsSync(pidFile) && readFileSync(pidFile, "utf8").trim() === String(process.pid)) rmSync(pidFile);
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
