import { describe, expect, it } from "vitest";
import {
  formatOf,
  insertFromFile,
  quote,
  readInsertTarget,
  setStatement,
  statementKind,
} from "./statement.ts";

describe("reading a statement", () => {
  it("tells reads from writes, past comments and brackets", () => {
    expect(statementKind("  -- hello\n /* x */ (SELECT 1)")).toBe("read");
    expect(statementKind("WITH 1 AS a SELECT a")).toBe("read");
    expect(statementKind("insert into t values (1)")).toBe("insert");
    expect(statementKind("USE weir")).toBe("use");
    expect(statementKind("ALTER TABLE t DELETE WHERE 1")).toBe("other");
  });

  it("finds the format only where it is one", () => {
    expect(formatOf("SELECT 1 FORMAT JSONEachRow")).toBe("JSONEachRow");
    expect(formatOf("SELECT 1\nformat JSON;\n")).toBe("JSON");
    expect(formatOf("SELECT 1 FORMAT CSV SETTINGS max_threads = 1")).toBe("CSV");
    expect(formatOf("SELECT ' FORMAT JSON'")).toBeNull();
    expect(formatOf("SELECT 1 -- FORMAT JSON")).toBeNull();
  });

  it("knows an insert whose data may lie in a file", () => {
    expect(readInsertTarget("INSERT INTO weir.spans (a, `b`)\nFORMAT JSONEachRow\n")).toEqual({
      table: "weir.spans",
      columns: ["a", "b"],
      format: "JSONEachRow",
      takenAsBytes: true,
    });
    expect(readInsertTarget("INSERT INTO spans FORMAT Native")).toMatchObject({ takenAsBytes: false });
    expect(readInsertTarget("INSERT INTO spans SELECT 1")).toBeNull();
    expect(readInsertTarget("INSERT INTO spans (a, max(b)) FORMAT JSONEachRow")).toBeNull();
    expect(readInsertTarget("INSERT INTO spans SETTINGS x = 1 FORMAT JSONEachRow")).toBeNull();
  });

  it("writes the same insert with its data in a file", () => {
    const target = {
      table: "weir.spans",
      columns: ["a", "format"],
      format: "JSONEachRow",
      takenAsBytes: true,
    };
    expect(insertFromFile(target, "inserts/1.body", { log_comment: "it's" })).toBe(
      "INSERT INTO `weir`.`spans` (`a`, `format`) FROM INFILE 'inserts/1.body' SETTINGS log_comment = 'it\\'s' FORMAT JSONEachRow",
    );
  });

  it("quotes so that a value cannot leave its literal", () => {
    expect(quote(`it's \\ a "test"`)).toBe(`'it\\'s \\\\ a "test"'`);
    expect(setStatement({ max_threads: "2", log_comment: "a', b = '1" })).toBe(
      `SET max_threads = '2', log_comment = 'a\\', b = \\'1'`,
    );
  });
});
