export function AnalyticsPage() {
  return <h1 className="p-4 font-semibold text-xl">Analytics</h1>;
}
