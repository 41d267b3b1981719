import type { Project } from "@weir/schema";
import { notFound } from "../../errors.ts";
import type { Principal } from "../../api/permissions.ts";
import { randomBase62 } from "../../home/secrets.ts";
import type { Postgres } from "../../capability.ts";
import { insertProject, selectProjects } from "./queries.ts";

/** The projects of this Weir; the list is remembered so that reads go on while Postgres is away. */
export interface Projects {
  list(): Promise<Project[]>;
  create(name: string): Promise<Project>;
  /** The project that a caller means and may see; throws `project_not_found`. */
  resolve(options: { principal: Principal; asked: string | undefined }): Promise<string>;
}

const numberedSlugsMax = 9;

export function createProjects(postgres: Postgres): Projects {
  let remembered: Project[] | null = null;
  const list = async () => {
    try {
      remembered = await selectProjects(postgres);
      return remembered;
    } catch (error) {
      if (remembered) return remembered;
      throw error;
    }
  };
  return {
    list,
    async create(name) {
      for (const slug of slugsFor(name)) {
        const [project] = await insertProject(postgres, {
          projectId: `project_${randomBase62(16)}`,
          name,
          slug,
        });
        if (project) return project;
      }
      throw new Error(`No free slug was found for a project named ${JSON.stringify(name)}`);
    },
    async resolve({ principal, asked }) {
      if (principal.kind === "project-key") {
        if (asked === undefined || asked === principal.projectId) return principal.projectId;
        // Whether another project exists is nothing that a key may find out.
        throw notFound({ what: "project", id: asked, mend: "A project key reads its own project only." });
      }
      const known = (project: Project) => project.projectId === asked;
      const projects = asked !== undefined && remembered?.some(known) ? remembered : await list();
      const project = asked === undefined ? projects[0] : projects.find(known);
      if (!project)
        throw notFound({ what: "project", id: asked ?? "", mend: "GET /api/v1/projects lists them." });
      return project.projectId;
    },
  };
}

/** What to try in turn: the name itself, with a number, and at last with something that nobody else has. */
function slugsFor(name: string): string[] {
  const base = slugOf(name);
  const numbered = Array.from({ length: numberedSlugsMax }, (_, index) => `${base}-${index + 2}`);
  return [base, ...numbered, `${base}-${randomBase62(12).toLowerCase()}`];
}

/** `Support Bot (EU)` → `support-bot-eu`. */
function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 70);
  return slug || "project";
}
