/**
 * The rules of Jenkins' xUnit plugin for a JUnit file (junit-10.xsd, jenkinsci/xunit-plugin, state
 * of 2025-11), as checks. The plugin skips a file that breaks one of them.
 */

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const rules: Readonly<
  Record<
    string,
    {
      readonly children: readonly string[];
      readonly needs: readonly string[];
      readonly may: readonly string[];
    }
  >
> = {
  testsuites: {
    children: ["testsuite"],
    needs: [],
    may: ["name", "time", "tests", "failures", "errors"],
  },
  testsuite: {
    children: ["testsuite", "properties", "testcase", "system-out", "system-err"],
    needs: ["name", "tests", "failures", "errors"],
    may: [
      "group",
      "time",
      "skipped",
      "timestamp",
      "hostname",
      "id",
      "package",
      "file",
      "log",
      "url",
      "version",
    ],
  },
  testcase: {
    children: ["skipped", "error", "failure", "system-out", "system-err"],
    needs: ["name"],
    may: ["time", "classname", "group"],
  },
  properties: { children: ["property"], needs: [], may: [] },
  property: { children: [], needs: ["name", "value"], may: [] },
  failure: { children: [], needs: [], may: ["type", "message"] },
  error: { children: [], needs: [], may: ["type", "message"] },
  skipped: { children: [], needs: [], may: ["type", "message"] },
  "system-out": { children: [], needs: [], may: [] },
  "system-err": { children: [], needs: [], may: [] },
};
const textAllowed = ["failure", "error", "skipped", "system-out", "system-err"];
const time = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?$/;

/** What the plugin would reject; empty for a valid file. */
export function problemsOfForm(xml: string): string[] {
  const root = parsed(xml);
  return root.name === "testsuites" ? problemsIn(root) : [`the root is ${root.name}`];
}

function problemsIn({ name, attributes, children, text }: Element): string[] {
  const rule = rules[name];
  if (rule === undefined) return [`there is no element ${name}`];
  return [
    ...rule.needs
      .filter((key) => attributes[key] === undefined)
      .map((key) => `${name} lacks ${key}`),
    ...Object.keys(attributes)
      .filter((key) => ![...rule.needs, ...rule.may].includes(key))
      .map((key) => `${name} may not have ${key}`),
    ...(attributes["time"] !== undefined && name !== "testcase" && !time.test(attributes["time"])
      ? [`${name}: time "${attributes["time"]}"`]
      : []),
    ...(text.trim() !== "" && !textAllowed.includes(name) ? [`${name} holds text`] : []),
    ...children
      .filter((child) => !rule.children.includes(child.name))
      .map((child) => `${child.name} in ${name}`),
    ...children.flatMap(problemsIn),
  ];
}

function parsed(xml: string): Element {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  for (const [, text = "", closing, name = "", attributes = "", empty] of xml
    .replace(/^<\?xml [^?]*\?>/, "")
    .matchAll(/([^<]*)<(\/?)([\w-]+)([^>]*?)(\/?)>/g)) {
    const parent = open.at(-1) as Element;
    parent.text += text;
    if (closing === "/") {
      open.pop();
      continue;
    }
    const pairs = [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(
      (match) => [match[1], match[2]] as const,
    );
    const element: Element = {
      name,
      attributes: Object.fromEntries(pairs) as Record<string, string>,
      children: [],
      text: "",
    };
    parent.children.push(element);
    if (empty !== "/") open.push(element);
  }
  return root.children[0] ?? root;
}
