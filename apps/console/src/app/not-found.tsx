import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";

/** For addresses that lead nowhere. */
export function NotFound(): ReactNode {
  useEffect(() => {
    document.title = "No such page · Weir";
  }, []);
  return (
    <main className="h-full overflow-auto">
      <EmptyState
        heading="h1"
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
    </main>
  );
}
