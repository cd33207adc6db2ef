// Makes the two source repositories that this example deploys: sources/storefront and sources/ledger, each with the
// tags 1.0.0 and 1.1.0. Needs only git and node. What is there already stays as it is.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;

/** Each version lies on top of the one before; `removed` are the files that it no longer has. */
const SOURCES = {
  storefront: [
    { version: "1.0.0", date: "2026-01-05T09:00:00Z", removed: [] },
    { version: "1.1.0", date: "2026-02-02T09:00:00Z", removed: ["public/hello.txt"] },
  ],
  ledger: [
    { version: "1.0.0", date: "2026-01-05T10:00:00Z", removed: [] },
    { version: "1.1.0", date: "2026-02-02T10:00:00Z", removed: [] },
  ],
};

for (const [name, versions] of Object.entries(SOURCES)) makeSource(name, versions);

function makeSource(name, versions) {
  const place = join(here, "sources", name);
  if (existsSync(place)) return checkSource(place, name, versions);
  mkdirSync(join(here, "sources"), { recursive: true });
  const work = mkdtempSync(join(here, "sources", `.${name}-`));
  try {
    git(work, ["init", "--quiet", "--template=", "--initial-branch=main", "--object-format=sha1", "."]);
    for (const version of versions) commitVersion(work, name, version);
    chmodSync(work, 0o755);
    renameSync(work, place);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log(`sources/${name}: made, tags ${versions.map(({ version }) => version).join(" ")}`);
}

function checkSource(place, name, versions) {
  const tags = git(place, ["tag", "--list"]).split("\n");
  const missing = versions.map(({ version }) => version).filter((version) => !tags.includes(version));
  if (missing.length === 0) return console.log(`sources/${name}: already there`);
  console.error(`sources/${name} has no tag ${missing.join(" ")}. Delete or move that folder, and run this again.`);
  process.exitCode = 1;
}

function commitVersion(work, name, { version, date, removed }) {
  cpSync(join(here, "make-sources", `${name}-${version}`), work, { recursive: true });
  for (const path of removed) rmSync(join(work, path));
  for (const file of readdirSync(join(work, "bin"))) if (!file.includes(".")) chmodSync(join(work, "bin", file), 0o755);
  git(work, ["add", "--all"]);
  git(work, ["commit", "--quiet", "--no-verify", "-m", `${name} ${version}`], date);
  git(work, ["tag", "--annotate", "-m", `${name} ${version}`, version], date);
}

/** Nothing of the user's git configuration and environment gets in, so the commit ids are the same everywhere. */
function git(cwd, args, date = "") {
  const settings = ["autocrlf=false", "fileMode=true", "attributesFile=/dev/null", "excludesFile=/dev/null"];
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("GIT_")));
  for (const role of ["AUTHOR", "COMMITTER"]) {
    Object.assign(env, {
      [`GIT_${role}_NAME`]: "Example",
      [`GIT_${role}_EMAIL`]: "example@example.org",
      [`GIT_${role}_DATE`]: date,
    });
  }
  Object.assign(env, { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" });
  const options = settings.flatMap((setting) => ["-c", `core.${setting}`]);
  return execFileSync("git", [...options, ...args], { cwd, encoding: "utf8", env });
}
