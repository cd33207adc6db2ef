import path from "node:path";
import type { PipelineContext } from "../context.ts";
import type { Outline, WantedProject } from "../instance/outline.ts";
import { type Checkout, type CheckoutRequest, checkout, checkoutHere } from "./checkout.ts";
import { repositoryOf } from "./repository.ts";
import { skipsCheckout } from "./stages.ts";
import { takeWorkingTree } from "./working-tree.ts";

/**
 * The sources of a project as the command wants them: a version from its repository, what is checked out already, or a
 * working tree.
 */
export async function takeSources(
  { wanted, outline, from }: { wanted: WantedProject; outline: Taking; from?: CheckoutRequest },
  context: PipelineContext,
): Promise<Checkout> {
  const { srcDir, stages, instance } = outline;
  const { project, version } = wanted;
  if (srcDir !== undefined) {
    const subfolder = from?.subfolder ?? wanted.definition.values.projects?.[project]?.path;
    return takeWorkingTree({ project, version, subfolder, dir: path.resolve(context.root, srcDir) }, context);
  }
  const request = from ?? repositoryOf(wanted);
  return skipsCheckout(stages)
    ? checkoutHere({ ...request, instance: instance.full }, context)
    : checkout(request, context);
}

type Taking = Pick<Outline, "srcDir" | "stages" | "instance">;
