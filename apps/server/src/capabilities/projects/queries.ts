import { z } from "zod";
import type { PostgresSession } from "@weir/store";

/** A `timestamptz`, which the driver gives as a Date. */
export const instant = z.date().transform((date) => date.toISOString());

const projectRow = z
  .object({ project_id: z.string(), name: z.string(), slug: z.string(), created_at: instant })
  .transform((row) => ({
    projectId: row.project_id,
    name: row.name,
    slug: row.slug,
    createdAt: row.created_at,
  }));

type Session = Pick<PostgresSession, "query">;

export function selectProjects(postgres: Session) {
  return postgres.query({
    sql: "SELECT project_id, name, slug, created_at FROM projects ORDER BY created_at, project_id",
    row: projectRow,
  });
}

export function insertProject(postgres: Session, project: { projectId: string; name: string; slug: string }) {
  return postgres.query({
    sql: `INSERT INTO projects (project_id, name, slug) VALUES ($1, $2, $3)
          ON CONFLICT DO NOTHING RETURNING project_id, name, slug, created_at`,
    params: [project.projectId, project.name, project.slug],
    row: projectRow,
  });
}
