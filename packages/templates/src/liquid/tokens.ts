import type { TopLevelToken } from "liquidjs";

/** A piece of a template's text: a tag, an output, or text between them. */
export type TopLevel = TopLevelToken;
