/** Disjoint sets of 0..n-1 that can be merged (Tarjan), with path halving. */
export class UnionFind {
  private readonly parent: Int32Array;

  constructor(length: number) {
    this.parent = Int32Array.from({ length }, (_, i) => i);
  }

  /** The number that stands for the set of `item`: its lowest member. */
  find(item: number): number {
    let at = item;
    while (this.parent[at] !== at) {
      this.parent[at] = this.parent[this.parent[at]];
      at = this.parent[at];
    }
    return at;
  }

  union(a: number, b: number): void {
    const [low, high] = [this.find(a), this.find(b)].sort((x, y) => x - y);
    this.parent[high] = low;
  }

  /** The sets, in the order of their lowest members, members in order. */
  groups(): number[][] {
    const bySet = new Map<number, number[]>();
    for (let i = 0; i < this.parent.length; i++) {
      const set = this.find(i);
      const members = bySet.get(set);
      if (members) members.push(i);
      else bySet.set(set, [i]);
    }
    return [...bySet.values()];
  }
}
