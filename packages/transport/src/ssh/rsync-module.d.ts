declare module "rsync" {
  /** Only what is safe of it: letters, and options without a value. It never quotes what it spawns, so we spawn. */
  class Rsync {
    flags(letters: string): Rsync;
    set(option: string): Rsync;
    args(): string[];
  }
  export = Rsync;
}
