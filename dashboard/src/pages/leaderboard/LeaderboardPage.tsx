export function LeaderboardPage() {
  return <h1 className="p-4 font-semibold text-xl">Leaderboard</h1>;
}
