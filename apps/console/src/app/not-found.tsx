import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";

/** For addresses that lead nowhere. */
export function NotFound(): ReactNode {
  return (
    <EmptyState
      icon={<Compass />}
      title="There is no such page"
      action={
        <Button asChild>
          <Link to="/" search={{}}>
            Go home
          </Link>
        </Button>
      }
    >
      The address may have been cut off, or it comes from another version of Weir.
    </EmptyState>
  );
}
