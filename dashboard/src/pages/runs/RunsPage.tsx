export function RunsPage() {
  return <h1 className="p-4 font-semibold text-xl">Runs</h1>;
}
