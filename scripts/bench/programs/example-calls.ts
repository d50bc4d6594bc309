/** A tool call as a session makes it, no two alike. */
export interface ExampleCall {
  readonly number: number;
  readonly tool: string;
  readonly args: object;
  /** How it ended, as the event of the host tells it. */
  readonly state: object;
}

const KINDS: Readonly<Record<string, (number: number, bytes: number) => Omit<ExampleCall, "number">>> = {
  /** One long text in, one long text out. */
  text: (number, bytes) => ({
    tool: "write",
    args: { filePath: `/project/src/file-${number}.ts`, content: text(number, bytes) },
    state: { status: "completed", output: text(number, bytes), metadata: {} },
  }),
  /** Many small values in, one long text out. */
  nested: (number, bytes) => ({
    tool: "multiedit",
    args: { edits: edits(number, bytes) },
    state: { status: "completed", output: text(number, bytes), metadata: {} },
  }),
  /** A command that fails, and says at length why. */
  failing: (number, bytes) => ({
    tool: "bash",
    args: { command: `cat > file-${number} <<END\n${text(number, bytes)}END\nmake test`, description: "Run the tests" },
    state: { status: "error", error: text(number, bytes) },
  }),
};

/** So many calls with so many bytes of arguments, and as many of a result. */
export function* exampleCalls(kind: string, bytes: number, count: number): Generator<ExampleCall> {
  const make = KINDS[kind];
  if (make === undefined) throw new Error(`There is no kind of call "${kind}".`);
  for (let number = 0; number < count; number++) yield { number, ...make(number, bytes) };
}

function text(number: number, bytes: number): string {
  const line = `const answer${number} = read("src/café-${number}.ts"); // a line like many others\n`;
  return line.repeat(Math.ceil(bytes / Buffer.byteLength(line)));
}

function edits(number: number, bytes: number): object[] {
  const one = (index: number) => ({
    filePath: `/project/src/${number}/${index}.ts`,
    oldString: "const answer = 41;",
    newString: `const answer = ${number}; // the ${index}th`,
    replaceAll: false,
  });
  return Array.from({ length: Math.ceil(bytes / JSON.stringify(one(0)).length) }, (_, index) => one(index));
}
