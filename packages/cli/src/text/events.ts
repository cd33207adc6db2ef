import type { Phase, PipelineEvent } from "@facsimile/pipeline";
import { withInstance } from "./advice.ts";
import { count, type Style } from "./style.ts";
import { harmlessLines } from "./value.ts";
import { naming } from "./words.ts";

function checkoutText({ project, version, commit, from }: Extract<PipelineEvent, { type: "checkout" }>): string {
  const what = `checkout ${project} ${version}`;
  if (from !== undefined) return `${what} from ${from}: a development release`;
  return commit === undefined ? what : `${what}: a branch, now at ${commit.slice(0, 12)}`;
}

function waveText({ wave, of, name, hosts, max }: Extract<PipelineEvent, { type: "wave" }>): string {
  return `wave      ${wave}/${of} ${name}: ${count(hosts, "host")}${max === undefined || max >= hosts ? "" : `, ${max} at once`}`; // biome-ignore format: one line
}

/**
 * Gives each event its line of progress, or none; counts hosts, so that a hundred of them do not make a thousand lines.
 *
 * @param instance Hints are filled in with it. Default: they are told as they are.
 */
export function eventText(style: Style, instance?: string): (event: PipelineEvent) => string | undefined {
  let hosts = 0;
  const done = new Map<Phase, number>();
  return (event) => {
    switch (event.type) {
      case "checkout":
        return checkoutText(event);
      case "build":
        return `build    ${event.project} ${event.version} (log: ${event.log})`;
      case "warning":
        return `${style.yellow("!")} ${harmlessLines(event.message)}${hintText(event)}`;
      case "state":
        return undefined;
      case "run":
        hosts = event.hosts;
        return `run ${event.run}: ${event.instance}, ${count(event.hosts, "host")}${event.policy === "rolling" ? ", rolling" : ""}`; // biome-ignore format: one line
      case "wave":
        return waveText(event);
      case "soak":
        return `soak      ${event.seconds} s, before the health of wave ${event.wave} is asked again`;
      case "host":
        return hostText(event);
    }
  };

  function hintText({ hint }: { readonly hint?: string }): string {
    if (hint === undefined) return "";
    return `\n  ${harmlessLines(instance === undefined ? hint : withInstance(hint, instance))}`;
  }

  function hostText({ host, phase, message }: Extract<PipelineEvent, { type: "host" }>): string | undefined {
    if (phase === "failed" || phase === "unreachable") {
      const text = harmlessLines(message ?? phase);
      return `${style.red(style.bad)} ${naming(host).test(text) ? text : `${host}: ${text}`}`;
    }
    const number = (done.get(phase) ?? 0) + 1;
    done.set(phase, number);
    if (phase === "connected" || phase === "locked" || phase === "unchanged") return undefined;
    return number === hosts ? `${phase.padEnd(10)}${number}/${hosts}` : undefined;
  }
}
