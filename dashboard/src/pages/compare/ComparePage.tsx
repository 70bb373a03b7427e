export function ComparePage() {
  return <h1 className="p-4 font-semibold text-xl">Compare</h1>;
}
