/** A version as if the files said it already: for `set` of a definition. */
export function versionSet({ project, version }: { project: string; version?: string | undefined }): string[] {
  return version === undefined ? [] : [`versions.${project}=${JSON.stringify(version)}`];
}
