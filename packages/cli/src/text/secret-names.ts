import type { StateChange } from "@facsimile/pipeline";

/** Names of what is made, as definitions and commands write them: `passwd/storefront`, `db/root`. */
export function madeNames({ passwords, secrets }: Pick<StateChange, "passwords" | "secrets">): readonly string[] {
  return [...passwords.map((user) => `passwd/${user}`), ...secrets];
}

/** The name of a `Secret` as definitions and commands write it; `db/root of dev.dev0` where an instance has its own. */
export function secretName(name: string): string {
  const [, instance, inner = name] = /^overlay\/([^/]+)\/(.*)$/s.exec(name) ?? [];
  const plain = inner.replace(/^secrets\//, "");
  return instance === undefined ? plain : `${plain} of ${instance}`;
}
