import { defineConfig } from "tsup";
import { bundling } from "../../tsup.preset.ts";

export default defineConfig(bundling("execa"));
