import type { ListedInstance, Listing } from "@facsimile/pipeline";
import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import { openWorld } from "../open-world.ts";
import type { Invocation } from "../program.ts";
import { columns } from "../text/style.ts";
import { hostsText } from "../text/words.ts";

/** Prints what the conglomerate holds. */
export async function listCommand({ options, world, run }: Invocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { list } = await import("@facsimile/pipeline");
  const listing = await list({ ...pipeline, onEvent: () => undefined });
  if (options.json) printJson(listing, world);
  else world.print(listText(listing));
  if (listing.instances.some(({ problems }) => problems.length > 0)) run.status = EXIT.failed;
}

function listText({ projects, instances }: Listing): string {
  const rows = instances.map((instance) => [instance.instance, where(instance), versions(instance)]);
  return `projects   ${projects.join(", ")}\ninstances\n${columns(rows).join("\n")}\n`;
}

function where({ local, hosts, protected: isProtected, problems }: ListedInstance): string {
  if (problems.length > 0) return "cannot be read";
  return `${local ? "this machine" : hostsText(hosts)}${isProtected ? ", protected" : ""}`;
}

function versions({ versions: all, problems, instance }: ListedInstance): string {
  if (problems.length > 0) return `facs plan ${instance} says why`;
  return Object.entries(all).map(([project, version]) => `${project} ${version}`).join(", "); // biome-ignore format: one line
}
