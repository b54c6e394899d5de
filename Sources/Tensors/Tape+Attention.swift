extension Tape {
  /// Causal multi-head attention within each sequence: softmax(q·kᵀ/√(d/heads))·v, head by head.
  ///
  /// Row t of a sequence sees the keys (`RaggedLayout.isKey`) among the rows `0 ... t` of that sequence. A row that
  /// has none sees *all* rows of its sequence, the future included: published code adds −10000 to every key of
  /// such a row, and a constant cancels.
  ///
  /// - Parameters:
  ///   - query: `[tokens, d]`; head h has the columns h·d/heads ..< (h + 1)·d/heads.
  ///   - key: `[tokens, d]`.
  ///   - value: `[tokens, d]`.
  ///   - layout: where the sequences lie.
  ///   - heads: a divisor of d.
  ///   - dropout: rate of dropout of the attention weights, in training.
  ///   - objective: `[sequences, 1]`. The first row of each sequence is then an objective: it sees all keys of its
  ///     sequence, and this is added to every row's logit of it, in every head (IRN).
  /// - Returns: `[tokens, d]`, the heads side by side.
  public func attention(
    query: Var<S>, key: Var<S>, value: Var<S>, layout: RaggedLayout, heads: Int, dropout: Double = 0,
    objective: Var<S>? = nil
  ) -> Var<S> {
    attend(query, key, value, layout, heads, dropout, objective, lastOnly: false)
  }

  /// As `attention`, for the last row of each sequence only; the same bytes as those rows of `attention`.
  ///
  /// - Parameters:
  ///   - query: `[sequences, d]`, the last row of each sequence.
  ///   - key: as in `attention`, like all that follow.
  ///   - value: `[tokens, d]`.
  ///   - layout: where the sequences lie.
  ///   - heads: a divisor of d.
  ///   - dropout: rate of dropout of the attention weights, in training.
  ///   - objective: `[sequences, 1]`, or none.
  /// - Returns: `[sequences, d]`; zeros for an empty sequence.
  public func attentionLast(
    query: Var<S>, key: Var<S>, value: Var<S>, layout: RaggedLayout, heads: Int, dropout: Double = 0,
    objective: Var<S>? = nil
  ) -> Var<S> {
    attend(query, key, value, layout, heads, dropout, objective, lastOnly: true)
  }

  private func attend(
    _ query: Var<S>, _ key: Var<S>, _ value: Var<S>, _ layout: RaggedLayout, _ heads: Int, _ rate: Double,
    _ objective: Var<S>?, lastOnly: Bool
  ) -> Var<S> {
    let d = query.columns
    precondition(heads > 0 && d % heads == 0, "attention: \(heads) heads do not divide the width \(d).")
    precondition(
      key.rows == layout.tokens && value.rows == layout.tokens && key.columns == d && value.columns == d,
      "attention: key and value must be \(layout.tokens)×\(d).")
    let queries = lastOnly ? layout.sequences : layout.tokens
    precondition(query.rows == queries, "attention: query must be \(queries)×\(d), found \(query.rows) rows.")
    precondition(
      objective.map { $0.rows == layout.sequences && $0.columns == 1 } ?? true,
      "attention: the objective must be \(layout.sequences)×1.")
    let job = AttentionJob(
      layout: layout, heads: heads, width: d / heads, lastOnly: lastOnly, dropout: nextDropout(rate: rate),
      objectives: objective.map { $0.value.values.map { Double($0) } })

    var statistics = Matrix<S>(rows: training ? heads : 0, columns: 2 * queries)
    let keepsStatistics = training
    let output = Matrix<S>(rows: queries, columns: d) { out in
      if lastOnly { fillWithZeros(out, queries * d) }
      query.value.withPointer { q in
        key.value.withPointer { k in
          value.value.withPointer { v in
            statistics.withMutablePointer { stats in
              job.forEachHead { call, queryRow, keyRow, column in
                let at = queryRow * d + column
                let from = keyRow * d + column
                S.Kernels.attention(
                  call, stride: d, query: q + at, key: k + from, value: v + from, into: out + at,
                  statistics: keepsStatistics
                    ? stats + 2 * (Int(call.head) * queries + queryRow) : nil)
              }
            }
          }
        }
      }
    }
    let kept = statistics
    return record(output, from: [query, key, value] + (objective.map { [$0] } ?? [])) { tape, gradient in
      var dObjective = Matrix<S>(rows: objective == nil ? 0 : layout.sequences, columns: heads)
      var dQuery = Matrix<S>(rows: 0, columns: 0)
      var dKey = dQuery
      let dValue = Matrix<S>(rows: layout.tokens, columns: d) { dv in
        dKey = Matrix(rows: layout.tokens, columns: d) { dk in
          dQuery = Matrix(rows: queries, columns: d) { dq in
            if lastOnly { fillWithZeros(dq, queries * d) }
            query.value.withPointer { q in
              key.value.withPointer { k in
                value.value.withPointer { v in
                  kept.withPointer { stats in
                    gradient.withPointer { g in
                      dObjective.withMutablePointer { dr in
                        job.forEachHead { call, queryRow, keyRow, column in
                          let at = queryRow * d + column
                          let from = keyRow * d + column
                          S.Kernels.attentionBackward(
                            call, stride: d, query: q + at, key: k + from, value: v + from,
                            statistics: stats + 2 * (Int(call.head) * queries + queryRow), g + at,
                            dQuery: dq + at, dKey: dk + from, dValue: dv + from,
                            dObjective: call.objective.map { _ in
                              dr + Int(call.sequence) * heads + Int(call.head)
                            })
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
      var last = dValue
      tape.contribute(to: query, &dQuery)
      tape.contribute(to: key, &dKey)
      tape.contribute(to: value, &last)
      if let objective {
        var sums = Matrix<S>(
          rows: layout.sequences, columns: 1,
          values: (0..<layout.sequences).map { dObjective.row($0).reduce(0, +) })
        tape.contribute(to: objective, &sums)
      }
    }
  }
}

/// The (sequence, head) pairs of one attention.
private struct AttentionJob {
  let layout: RaggedLayout
  let heads: Int
  let width: Int
  let lastOnly: Bool
  let dropout: DropoutBits
  /// `[sequences]`, if first rows are objectives.
  let objectives: [Double]?

  /// Calls `body` with the call, its first query row, its first key row and its first column.
  func forEachHead(_ body: (AttentionCall, Int, Int, Int) -> Void) {
    Parallel.chunks(layout.sequences, grain: 4) { range in
      for s in range where layout.length(of: s) > 0 {
        let tokens = layout.length(of: s)
        for head in 0..<heads {
          let call = AttentionCall(
            tokens: tokens, firstQuery: lastOnly ? tokens - 1 : 0, headWidth: width,
            isKey: layout.isKey.isEmpty ? [] : layout.isKey[layout.rows(of: s)], objective: objectives?[s],
            scale: 1 / Double(width).squareRoot(), dropout: dropout, sequence: UInt32(s),
            head: UInt32(head))
          body(call, lastOnly ? s : layout.offsets[s], layout.offsets[s], head * width)
        }
      }
    }
  }
}
