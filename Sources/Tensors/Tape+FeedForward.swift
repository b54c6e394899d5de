extension Tape {
  /// W₂·f(W₁·x + b₁) + b₂ for each row, the same bytes as `linear`, `activate`, `linear`; so are its gradients but
  /// that of b₁, which is summed chunk by chunk.
  ///
  /// Taken in blocks of rows from end to end, so that the wide inner layer stays in the cache between its steps;
  /// outside training it is never stored.
  ///
  /// - Parameters:
  ///   - x: `[rows, in]`.
  ///   - inner: name of the first layer, with parameters `.weight` [inner, in] and `.bias` [1, inner].
  ///   - outer: name of the second layer, with parameters `.weight` [out, inner] and `.bias` [1, out].
  ///   - activation: f.
  /// - Returns: `[rows, out]`.
  public func feedForward(
    _ x: Var<S>, inner: String, outer: String, activation: Activation = .gelu
  ) -> Var<S> {
    let (w1, b1) = (parameter(inner + ".weight"), parameter(inner + ".bias"))
    let (w2, b2) = (parameter(outer + ".weight"), parameter(outer + ".bias"))
    let (rows, width) = (x.rows, w1.rows)
    precondition(
      x.columns == w1.columns && w2.columns == width && b1.value.count == width && b2.value.count == w2.rows,
      "feedForward: '\(inner)' and '\(outer)' do not fit each other or the \(x.columns) columns of x.")
    let (first, second) = (packed(inner + ".weight"), packed(outer + ".weight"))
    let grain = productGrain(first.depth * width)

    // Of the inner layer only its outcome and the activation's slope are needed again.
    var (slopes, after) = (Matrix<S>(rows: 0, columns: width), Matrix<S>(rows: 0, columns: width))
    let value = Matrix<S>(rows: rows, columns: w2.rows) { y in
      func run(_ range: Range<Int>, _ inner: UnsafeMutablePointer<S>, slopes: UnsafeMutablePointer<S>?) {
        x.value.withPointer {
          first.multiplyRows(
            $0 + range.lowerBound * x.columns, rows: range.count, bias: b1.value, accumulate: false,
            into: inner)
        }
        if let slopes {
          S.Kernels.activate(activation, range.count * width, inner, into: inner, slope: slopes)
        } else {
          S.Kernels.activate(activation, range.count * width, inner, into: inner)
        }
        second.multiplyRows(
          inner, rows: range.count, bias: b2.value, accumulate: false, into: y + range.lowerBound * w2.rows)
      }
      if training {
        after = Matrix(rows: rows, columns: width) { after in
          slopes = Matrix(rows: rows, columns: width) { slopes in
            Parallel.chunks(rows, grain: grain) {
              run($0, after + $0.lowerBound * width, slopes: slopes + $0.lowerBound * width)
            }
          }
        }
      } else {
        Parallel.chunks(rows, grain: grain) { range in
          _ = Matrix<S>(rows: range.count, columns: width) { run(range, $0, slopes: nil) }
        }
      }
    }
    return record(value, from: [x, w1, b1, w2, b2]) { [slopes, after] tape, gradient in
      let (back2, back1) = (Packed(w2.value, transposed: false), Packed(w1.value, transposed: false))
      // The bias' gradient: a partial sum per chunk while the chunk is in the cache, added up in order.
      let chunks = (rows + grain - 1) / grain
      var partial = Matrix<S>(rows: chunks, columns: width)
      let dBefore = Matrix<S>(rows: rows, columns: width) { d in
        gradient.withPointer { g in
          slopes.withPointer { slopes in
            partial.withMutablePointer { partial in
              func run(_ range: Range<Int>) -> UnsafeMutablePointer<S> {
                let (at, block) = (range.lowerBound * width, d + range.lowerBound * width)
                back2.multiplyRows(
                  g + range.lowerBound * w2.rows, rows: range.count, bias: nil, accumulate: false, into: block
                )
                S.Kernels.multiply(range.count * width, block, slopes + at, into: block)
                S.Kernels.addColumnSums(
                  rows: range.count, columns: width, block, stride: width,
                  to: partial + range.lowerBound / grain * width)
                return block
              }
              guard x.slot != nil else { return Parallel.chunks(rows, grain: grain) { _ = run($0) } }
              tape.contribute(to: x) { dx, accumulate in
                Parallel.chunks(rows, grain: grain) {
                  back1.multiplyRows(
                    run($0), rows: $0.count, bias: nil, accumulate: accumulate,
                    into: dx + $0.lowerBound * x.columns)
                }
              }
            }
          }
        }
      }
      tape.contributeColumnSums(of: gradient, to: b2)
      tape.contribute(to: w2) { addTransposedProduct(gradient, after, accumulate: $1, into: $0) }
      tape.contributeColumnSums(of: partial, to: b1)
      tape.contribute(to: w1) { addTransposedProduct(dBefore, x.value, accumulate: $1, into: $0) }
    }
  }
}
