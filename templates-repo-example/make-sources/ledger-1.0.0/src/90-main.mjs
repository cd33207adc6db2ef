if (process.argv[2] !== "--once") {
  console.error("Usage: ledger --once");
  process.exit(64);
}
const workers = JSON.parse(readFileSync("etc/workers.json", "utf8"));
const settings = readIni("etc/ledger.ini");
mkdirSync("var", { recursive: true });
for (const worker of workers) appendFileSync("var/ledger.jsonl", `${JSON.stringify(entry(worker, settings))}\n`);
console.log(`ledger ${VERSION}: ${workers.length} workers`);
