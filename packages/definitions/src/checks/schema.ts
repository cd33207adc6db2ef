import * as z from "zod/mini";
import { build, stage } from "./schema-build.ts";
import {
  command,
  flag,
  list,
  match,
  named,
  optional,
  relativePath,
  seconds,
  soak,
  someHosts,
  text,
  WORD,
  whole,
  word,
} from "./schema-parts.ts";
import { SCOPE } from "./scope-name.ts";

// One text for each place: what is expected there. Messages and the published schema are made of them.
const HOST = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const USER = /^[A-Za-z0-9._][A-Za-z0-9._@+-]*$/;
// As a home: what has no . and .. parts can be compared.
const PROTECTED = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._@+-]+)+\/?$/;
const ADDRESS = /^[A-Za-z0-9[][A-Za-z0-9._:%\]-]*$/;
const VERSION = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._+/-]*(?<!\/|\.lock)$/;
/** `db/root`, or `passwd/storefront`. */
const SECRET = /^(?!passwd\/$)[^\0-\x1f\x7f-\x9f\u2028\u2029]{1,200}$/u;
/** At least two different characters. */
const ALPHABET = /^([^\0-\x1f])(?=.*(?!\1).)[^\0-\x1f]*$/u;
/** `/srv/shop`, or `shop` below the login home; never `/`, `/srv`, nor a way upwards. */
const HOME = /^(?!-|.*\/\/|(?:.*\/)?\.\.?(?:\/|$))(?:\/[A-Za-z0-9._@+-]+\/)?[A-Za-z0-9._@+-][A-Za-z0-9._/@+-]*$/;

const host = match(HOST, "a name of a host");
const home = match(HOME, "a folder of A-Za-z0-9._/@+-, without . or .. parts, relative or at least two levels below /");
const hook = z.union([
  text,
  z.strictObject(
    {
      run: command,
      once: optional(flag),
      target: optional(word),
      timeout: optional(seconds),
      irreversible: optional(flag),
    },
    "a command, or {run: […]}",
  ),
]);
const hooks = z.union([hook, list(hook, "a list of commands")]);

const checkFields = {
  retries: optional(whole(0, 1000, "a whole number of retries")),
  interval: optional(seconds),
  timeout: optional(seconds),
};
const healthCheck = z.union([
  z.strictObject({ run: command, ...checkFields }, "{run: […]} or {http: …}"),
  z.strictObject(
    { http: match(/^https?:\/\/\S+$/, "an http or https URL"), ...checkFields },
    "{run: […]} or {http: …}",
  ),
]);
const health = z.union([healthCheck, list(healthCheck, "a list of health checks")]);

const project = z.strictObject(
  {
    repo: optional(match(/^(?!-)[^\0-\x1f]+$/, "a repository: a path or a URL")),
    path: optional(relativePath),
    definitions: optional(z.enum(["source", "conglomerate"], '"source" or "conglomerate"')),
    targets: optional(list(word, "a list of targets")),
    stages: optional(list(stage, "a list of stages")),
    build: optional(build),
  },
  "a map with repo",
);

const wave = z.strictObject(
  {
    regions: optional(list(word, "a list of regions")),
    targets: optional(list(word, "a list of targets")),
    hosts: optional(list(host, "a list of hosts")),
    max: optional(whole(1, 100_000, "how many hosts at once")),
    soak: optional(soak),
  },
  "a map with regions, targets or hosts",
);

const deploy = z.strictObject(
  {
    user: optional(match(USER, "a user name of A-Za-z0-9._@+-")),
    nodes: optional(
      z.record(match(WORD, "a name of a target"), list(host, "a list of hosts"), "a map of targets to lists of hosts"),
    ),
    strategy: optional(z.enum(["releases", "mirror"], '"releases" or "mirror"')),
    policy: optional(z.enum(["together", "rolling"], '"together" or "rolling"')),
    waves: optional(list(wave, "a list of waves")),
    maxUnreachable: optional(someHosts),
    maxFailures: optional(someHosts),
    parallel: optional(whole(1, 1000, "a whole number of hosts, 1 to 1000")),
    precmd: optional(hooks),
    postcmd: optional(hooks),
    health: optional(health),
    shared: optional(list(relativePath, "a list of paths")),
    mutable: optional(
      list(match(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0-\x1f]+$/, "a pattern below the tree"), "a list of patterns"),
    ),
    protect: optional(list(match(PROTECTED, "an absolute path"), "a list of absolute paths")),
    libcheck_ignorelist: optional(
      z.record(
        match(WORD, "a name of a target"),
        list(text, "a list of shared libraries"),
        "a map of targets to lists of shared libraries",
      ),
    ),
    keep: optional(whole(1, 1000, "a whole number of releases, 1 to 1000")),
    destdir: optional(text),
    exclude: optional(z.strictObject({ rsync: optional(list(text, "a list of patterns")) }, "a map with rsync")),
  },
  "a map",
);

const hostEntry = z.strictObject(
  {
    address: optional(match(ADDRESS, "a host name or an IP address")),
    port: optional(whole(1, 65_535, "a port, 1 to 65535")),
    user: optional(match(USER, "a user name of A-Za-z0-9._@+-")),
    region: optional(word),
    system: optional(match(/^[a-z][a-z0-9]*$/, "a system such as linux")),
    down: optional(z.union([text, flag])),
  },
  "a map with address, region and so on",
);

const group = z.union([
  z.strictObject(
    {
      type: z.literal("tmpl", '"tmpl" or "copy"'),
      dir: text,
      skip: optional(text),
      each: optional(word),
      tagLines: optional(z.enum(["remove", "keep"], '"remove" or "keep"')),
    },
    "a group: {type, dir, …}",
  ),
  z.strictObject(
    {
      type: optional(z.literal("copy", '"tmpl" or "copy"')),
      files: optional(list(text, "a list of files")),
      optfiles: optional(list(text, "a list of files")),
      glob: optional(z.union([text, list(text, "a pattern or a list of patterns")])),
      dir: optional(text),
      pattern: optional(text),
      replace: optional(z.string("a text")),
      target: optional(word),
      system: optional(text),
    },
    "a group: {type, files, …}",
  ),
]);

const fileRule = z.strictObject(
  {
    match: text,
    mode: optional(match(/^0?[0-7]{3}$/, 'a mode as text: "0644"')),
    group: optional(match(USER, "a group of users")),
  },
  "a map with match and mode",
);

const POLICY = '"uuid", {hex: 32}, {base64: 32} or {length: 20}';
const BYTES = "a whole number of bytes, 1 to 1024";
const policy = z.union([
  z.strictObject({ hex: whole(1, 1024, BYTES) }, POLICY),
  z.strictObject({ base64: whole(1, 1024, BYTES) }, POLICY),
  z.strictObject(
    {
      length: whole(1, 1024, "a whole number of characters, 1 to 1024"),
      alphabet: optional(match(ALPHABET, "at least two different characters")),
    },
    POLICY,
  ),
  z.literal("uuid", POLICY),
]);

const state = z.strictObject(
  {
    scope: optional(match(SCOPE, 'a name, or "own"')),
    recipients: optional(list(match(/^[0-9A-Fa-f]{40}$/, "a fingerprint of 40 hex digits"), "a list of fingerprints")),
    push: optional(match(/^(?!-)[A-Za-z0-9._/-]+$/, 'a branch to push to: "origin/main"')),
    generate: optional(
      z.record(match(SECRET, "a name of a secret such as db/root"), policy, "a map of secrets to how they are made"),
    ),
  },
  "a map",
);

const compare = z.strictObject({ ignore: optional(list(text, "a list of paths")) }, "a map with ignore");

const overlay = named(WORD, { value: z.record(z.string(), z.unknown(), "a map"), of: "module" });

/** The well-known keys of a definition; every other key is the user's own. */
const shape = {
  projects: optional(named(WORD, { value: project, of: "project" })),
  versions: optional(
    z.record(
      match(WORD, "a name of a project"),
      match(VERSION, 'a version, as text: "1.1.0"'),
      "a map of projects to versions",
    ),
  ),
  home: optional(home),
  protected: optional(flag),
  deploy: optional(deploy),
  hosts: optional(named(HOST, { value: hostEntry, of: "host" })),
  regions: optional(named(WORD, { value: z.nullable(z.record(z.string(), z.unknown(), "a map")), of: "region" })),
  install: optional(z.strictObject({ groups: optional(list(group, "a list of groups")) }, "a map with groups")),
  files: optional(list(fileRule, "a list of {match, mode}")),
  modules: optional(overlay),
  config: optional(overlay),
  service: optional(overlay),
  state: optional(state),
  compare: optional(compare),
  build: optional(build),
  ssh: optional(
    z.looseObject({ persist: optional(whole(0, 3600, "a number of seconds, 0 to 3600")) }, "a map with persist"),
  ),
};

export const definitionSchema = z.looseObject(shape, "a map");

/** What the loader of modules looks at, for the published schema; every other key of a module is the user's own. */
export const moduleSchema = z.looseObject(
  {
    name: word,
    daemon: optional(match(USER, "a user name of A-Za-z0-9._@+-")),
    logical_name: optional(text),
    service: optional(
      z.looseObject(
        { name: optional(text), n_instances: optional(whole(0, 255, "a whole number, 0 to 255")) },
        "a map of settings",
      ),
    ),
    freeform: optional(z.record(z.string(), z.unknown(), "a map of settings")),
  },
  "a map with name",
);

/** A definition as files write it, well-known keys only. */
export type WrittenDefinition = { [K in keyof typeof shape]?: NonNullable<z.infer<(typeof shape)[K]>> };
