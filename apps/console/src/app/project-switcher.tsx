import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { createProjectSchema, projectSchema } from "@weir/schema";
import { Check, ChevronsUpDown, Plus } from "lucide-react";
import { useState, type FormEvent, type ReactNode } from "react";
import { callApi } from "../api/client.ts";
import { describeFailure } from "../api/failure.ts";
import { sessionQuery } from "../api/queries.ts";
import { Button } from "../components/button.tsx";
import { Dialog } from "../components/dialog.tsx";
import { TextField } from "../components/field.tsx";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "../components/menu.tsx";
import { useConsoleSearch } from "./use-console-search.ts";
import { WeirMark } from "./weir-mark.tsx";

/** Which project the whole console is about, and a way to make another. */
export function ProjectSwitcher({ wide }: { wide: boolean }): ReactNode {
  const { data: session } = useQuery(sessionQuery);
  const { search } = useConsoleSearch();
  const navigate = useNavigate();
  const [creating, setCreating] = useState(false);
  const projects = session?.projects ?? [];
  const current = projects.find(({ projectId }) => projectId === search.project) ?? projects[0];
  const choose = (projectId: string): void => {
    // Filters and open rows belong to the project that is left behind.
    const { range, from, to, zone } = search;
    const project = projectId === projects[0]?.projectId ? undefined : projectId;
    void navigate({ to: ".", search: { project, range, from, to, zone } });
  };
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={`Project: ${current?.name ?? "none"}`}
            className={`flex h-8 w-full min-w-0 items-center gap-2 rounded-md px-2 hover:bg-hover ${wide ? "" : "justify-center wide:justify-start"}`}
          >
            <WeirMark className="size-5 shrink-0" />
            <span
              className={`min-w-0 flex-1 truncate text-left font-medium ${wide ? "" : "hidden wide:inline"}`}
            >
              {current?.name ?? ""}
            </span>
            <ChevronsUpDown className={`size-3.5 shrink-0 text-muted ${wide ? "" : "hidden wide:inline"}`} />
          </button>
        }
      >
        <MenuLabel>Projects</MenuLabel>
        {projects.map((project) => (
          <MenuItem key={project.projectId} onSelect={() => choose(project.projectId)}>
            <span className="w-3.5">{project === current ? <Check /> : null}</span>
            <span className="max-w-64 truncate">{project.name}</span>
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem onSelect={() => setCreating(true)}>
          <Plus /> New project
        </MenuItem>
      </Menu>
      <NewProject open={creating} onClose={() => setCreating(false)} onCreated={choose} />
    </>
  );
}

function NewProject({
  open,
  onClose,
  onCreated,
}: {
  open: boolean;
  onClose: () => void;
  onCreated: (projectId: string) => void;
}): ReactNode {
  const [name, setName] = useState("");
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: () => callApi({ path: "/projects", method: "POST", body: { name }, schema: projectSchema }),
    onSuccess: async (project) => {
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      setName("");
      onClose();
      onCreated(project.projectId);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (createProjectSchema.safeParse({ name }).success) create.mutate();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : onClose())}
      title="New project"
      description="A project has its own keys, traces and figures."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="new-project"
            disabled={name.trim() === "" || create.isPending}
          >
            Create project
          </Button>
        </>
      }
    >
      <form id="new-project" onSubmit={submit}>
        <TextField
          label="Name"
          value={name}
          maxLength={80}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
          error={create.error === null ? undefined : describeFailure(create.error).detail}
        />
      </form>
    </Dialog>
  );
}
