/** What one worker writes down; only database hosts know a database. */
function entry(worker, { currency, region }) {
  const database = existsSync("etc/database.ini") ? readIni("etc/database.ini").name : null;
  return { version: VERSION, worker: worker.name, uiid: worker.uiid, queue: worker.queue, region, currency, database };
}
