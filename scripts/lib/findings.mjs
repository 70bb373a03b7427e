import ts from 'typescript';

const SQL_TARGET = String.raw`(?:public\.|optrail\.|pg_|optimization_|get_|\$\{)`;
const SQL = new RegExp(
  [
    String.raw`\bselect\s[^;]*?\sfrom\s+${SQL_TARGET}`,
    String.raw`\bselect\s+(?:${SQL_TARGET}\w*\(|\d)`,
    String.raw`\b(?:insert\s+into|delete\s+from|truncate|alter\s+table)\s+${SQL_TARGET}`,
    String.raw`\bupdate\s+\S+\s+set\s`,
    String.raw`\bset\s+local\s+\w+`,
  ].join('|'),
  'i',
);
/** A regular expression that finds the words of snake_case or camelCase. */
const WORD_BORDER = /A-Z|\\p\{Lu\}|_[[(\\]/;

/**
 * Lines of a TypeScript file that hold SQL, and lines that turn camelCase into snake_case or back. Comments do not count.
 * @param {string} file
 * @param {string} text
 */
export function findings(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  /** @type {{ sql: number[], renaming: number[] }} */
  const lines = { sql: [], renaming: [] };

  /** @param {ts.Node} node */
  const visit = (node) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    if (isRenaming(node, source)) lines.renaming.push(line);
    if (isText(node) && SQL.test(node.getText(source))) lines.sql.push(line);
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}

/** @param {ts.Node} node */
function isText(node) {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/**
 * @param {ts.Node} node
 * @param {ts.SourceFile} source
 */
function isRenaming(node, source) {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const [pattern] = node.arguments;
  return (
    /^replace(All)?$/.test(node.expression.name.text) &&
    pattern?.kind === ts.SyntaxKind.RegularExpressionLiteral &&
    WORD_BORDER.test(pattern.getText(source))
  );
}
