export interface PythonPackage {
  /** Of the package, its one module and its command. */
  readonly name: string;
  readonly version: string;
  /** The module; the command runs its `main()`. */
  readonly code: string;
}

/** The files of a Python package that any pip builds without a network and without a tool, by their paths. */
export function pythonPackage({ name, version, code }: PythonPackage): Readonly<Record<string, string>> {
  const info = `${name}-${version}.dist-info`;
  const files = {
    [`${name}.py`]: code,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/entry_points.txt`]: `[console_scripts]\n${name} = ${name}:main\n`,
    [`${info}/RECORD`]: "",
  };
  // What JSON writes of texts in ASCII, Python reads.
  return {
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    "backend.py": `
import zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "${name}-${version}-py3-none-any.whl"
    with zipfile.ZipFile(directory + "/" + name, "w") as wheel:
        for file, text in ${JSON.stringify(files)}.items():
            wheel.writestr(file, text)
    return name
`,
  };
}
