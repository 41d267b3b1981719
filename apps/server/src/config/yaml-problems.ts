import { visit } from "yaml";
import type { Document, YAMLParseError } from "yaml";

/** What keeps a text from being read as values: where it stands in the text, and what to do, as sentences. */
interface YamlProblem {
  offset: number;
  message: string;
}

/** Everything in a parsed document that its values would throw for or silently leave out. */
export function findYamlProblems(document: Document.Parsed): YamlProblem[] {
  if (document.errors.length > 0) {
    return document.errors.map((error) => ({ offset: error.pos[0], message: describeError(error) }));
  }
  return [...unknownTags(document), ...unresolvedAliases(document)];
}

function describeError(error: YAMLParseError): string {
  if (error.code === "DUPLICATE_KEY") return "this key was there before. Keep one of them.";
  if (error.code === "MULTIPLE_DOCS")
    return "a second document begins here. Leave out the line --- and what follows it.";
  const what = error.message.replace(/\.$/, "");
  return error.code === "TAB_AS_INDENT"
    ? `this is not YAML: ${what}. Indent with spaces.`
    : `this is not YAML: ${what}. Check the indentation, and quote text that has a colon in it.`;
}

function unknownTags(document: Document.Parsed): YamlProblem[] {
  return document.warnings.map((warning) => ({
    offset: warning.pos[0],
    message:
      warning.code === "TAG_RESOLVE_FAILED"
        ? `${warning.message.replace("Unresolved tag:", "the tag")} means nothing here. Write \${NAME} for the environment variable NAME, and quote text that begins with "!".`
        : `${warning.message}. Leave this line out.`,
  }));
}

function unresolvedAliases(document: Document.Parsed): YamlProblem[] {
  const problems: YamlProblem[] = [];
  visit(document, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document);
      if (target !== undefined && !ancestors.includes(target)) return;
      const why =
        target === undefined
          ? `there is no &${alias.source} before it`
          : `it stands inside of what &${alias.source} names`;
      const message = `the alias *${alias.source} cannot be filled in: ${why}. Quote it if it is text that begins with "*".`;
      problems.push({ offset: alias.range?.[0] ?? 0, message });
    },
  });
  return problems;
}
