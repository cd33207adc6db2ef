import { didYouMean, type KeyPath, RESERVED_NAMES } from "@facsimile/core";
import { memoized, NOTHING } from "../memo.ts";
import type { InstanceValues } from "../types.ts";
import { type Finding, unknown } from "./finding.ts";
import { groupFindings } from "./groups.ts";
import { targetsOf } from "./hosts.ts";
import { stageFindings } from "./stages.ts";

/** What is right by itself and wrong beside the rest. `values` have passed the schema. */
export function crossFindings({
  deploy,
  hosts,
  install,
  projects,
  regions,
  versions,
}: InstanceValues): readonly Finding[] {
  const part = <T>(value: T | undefined) => value ?? (NOTHING as T);
  const between = projects === undefined ? findBetween : findingsBetween;
  return between(part(projects), deploy, part(hosts), regions ?? NO_REGIONS, part(versions), part(install));
}

type Checked = Pick<InstanceValues, "deploy"> & {
  readonly [Key in "hosts" | "install" | "projects" | "regions" | "versions"]?: InstanceValues[Key];
};

type Part<Key extends keyof InstanceValues> = NonNullable<InstanceValues[Key]>;

function findBetween(
  projects: Part<"projects">,
  deploy: Part<"deploy">,
  hosts: Part<"hosts">,
  regions: Part<"regions">,
  versions: Part<"versions">,
  install: Part<"install">,
): readonly Finding[] {
  const values = { deploy, hosts, install, projects, versions, ...(regions === NO_REGIONS ? {} : { regions }) };
  return [
    ...projectFindings(values),
    ...stageFindings(values.projects ?? {}),
    ...nodeFindings(values),
    ...hookFindings(values),
    ...hostFindings(values),
    ...waveFindings(values),
    ...groupFindings(values),
  ];
}

const findingsBetween = memoized(findBetween);

/** Without `regions`, hosts may name any. */
const NO_REGIONS: Part<"regions"> = Object.freeze({});

function projectFindings(values: Checked): readonly Finding[] {
  const names = Object.keys(values.projects ?? {});
  const reserved: readonly string[] = RESERVED_NAMES;
  const clashes = names
    .filter((name) => reserved.includes(name))
    .map((name) => ({
      code: "NAME_CLASH",
      path: ["projects", name],
      part: "key" as const,
      message: `a project cannot be called ${name}: the name is reserved`,
      hint: `Reserved are ${reserved.join(", ")}.`,
    }));
  const strangers = Object.keys(values.versions ?? {})
    .filter((name) => !names.includes(name))
    .map((name) => unknown({ code: "UNKNOWN_PROJECT", path: ["versions", name], known: names, what: "project" }));
  return [...clashes, ...strangers];
}

function nodeFindings(values: Checked): readonly Finding[] {
  const targets = targetsOf(values.projects, undefined);
  if (targets === undefined) return [];
  return (["nodes", "libcheck_ignorelist"] as const).flatMap((key) =>
    Object.keys(values.deploy[key] ?? {})
      .filter((target) => !targets.some((known) => known === target))
      .map((target) => unknownTarget(values, { path: ["deploy", key, target], targets, part: "key" })),
  );
}

function unknownTarget(
  values: Checked,
  { path, targets, part }: { path: KeyPath; targets: readonly string[]; part?: "key" },
): Finding {
  const target = path.at(-1) ?? "";
  const [only, ...others] = Object.keys(values.projects ?? {});
  const who = others.length === 0 ? `project ${only} has no target` : "no project has a target";
  const near = didYouMean(target, targets);
  const hint = `Expected one of: ${targets.join(", ")}.${near === undefined ? "" : ` Did you mean ${near}?`}`;
  return { code: "UNKNOWN_TARGET", path, message: `${who} ${JSON.stringify(target)}`, hint, ...(part && { part }) };
}

function hookFindings(values: Checked): readonly Finding[] {
  const targets = targetsOf(values.projects, undefined);
  if (targets === undefined) return [];
  return (["precmd", "postcmd"] as const).flatMap((key) =>
    values.deploy[key].flatMap(({ target }, index) => {
      if (target === undefined || targets.some((known) => known === target)) return [];
      const path = ["deploy", key, String(index), "target"];
      return [unknown({ code: "UNKNOWN_TARGET", path, name: target, known: targets, what: "target" })];
    }),
  );
}

function hostFindings(values: Checked): readonly Finding[] {
  const { regions, hosts } = values;
  if (regions === undefined) return [];
  return Object.entries(hosts ?? {}).flatMap(([name, { region }]) => {
    if (region === undefined || Object.hasOwn(regions, region)) return [];
    const path = ["hosts", name, "region"];
    return [unknown({ code: "UNKNOWN_REGION", path, name: region, known: Object.keys(regions), what: "region" })];
  });
}

function waveFindings(values: Checked): readonly Finding[] {
  const hosts = [...new Set(Object.values(values.deploy.nodes ?? {}).flat())];
  const described = Object.values(values.hosts ?? {}).flatMap(({ region }) => region ?? []);
  const regions = [...new Set([...Object.keys(values.regions ?? {}), ...described])];
  const known = { regions, targets: targetsOf(values.projects, undefined), hosts };
  const codes = { regions: "UNKNOWN_REGION", targets: "UNKNOWN_TARGET", hosts: "UNKNOWN_HOST" } as const;
  return (values.deploy.waves ?? []).flatMap((wave, index) =>
    (["regions", "targets", "hosts"] as const).flatMap((key) =>
      (wave[key] ?? []).flatMap((name, at) => {
        const names: readonly string[] | undefined = known[key];
        if (names === undefined || names.includes(name)) return [];
        const path = ["deploy", "waves", String(index), key, String(at)];
        return [unknown({ code: codes[key], path, name, known: names, what: key.slice(0, -1) })];
      }),
    ),
  );
}
