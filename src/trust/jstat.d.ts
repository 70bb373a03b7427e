declare module 'jstat' {
  interface JStat {
    normal: { inv(probability: number, mean: number, deviation: number): number };
    studentt: { inv(probability: number, degrees: number): number; cdf(value: number, degrees: number): number };
  }
  const jStat: JStat;
  export = jStat;
}
