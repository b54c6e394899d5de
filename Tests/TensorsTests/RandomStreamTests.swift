import CKernels
import Tensors
import Testing

extension All {
  @Suite struct RandomStreamTests {
    /// Random123's published known-answer vectors (`kat_vectors`, philox4x32 with 10 rounds).
    @Test func philoxKnownAnswers() {
      #expect(
        Philox.block(counter: (0, 0, 0, 0), key: 0) == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
      let ones = UInt32.max
      #expect(
        Philox.block(counter: (ones, ones, ones, ones), key: .max)
          == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
      #expect(
        Philox.block(
          counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: 0x299f_31d0_a409_3822)
          == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test func masksAreTheBlocksInHalves() {
      let (key, threshold) = (0x1234_5678_9abc_def0 as UInt64, 20000 as UInt32)
      for (count, first) in [(1, 0), (8, 5), (100, 7), (1000, 3)] {
        let expected = (0..<count).map { i -> UInt8 in
          let block = Philox.block(counter: (UInt32(first + i / 8), 11, 22, 0), key: key)
          let words = [block.0, block.1, block.2, block.3]
          let draw = words[i % 8 / 2] >> UInt32(i % 2 * 16) & 0xffff
          return draw >= threshold ? 1 : 0
        }
        onEveryPath { path in
          var mask = [UInt8](repeating: 9, count: count)
          bk_philox_mask(count, key, UInt32(first), 11, 22, threshold, &mask)
          #expect(mask == expected, "\(path), \(count) from block \(first)")
        }
      }
    }

    @Test func streamsDependOnEveryPartOfTheirIdentity() {
      var streams = [
        RandomStream(seed: 1, purpose: .click), RandomStream(seed: 2, purpose: .click),
        RandomStream(seed: 1, purpose: .shuffle), RandomStream(seed: 1, purpose: .click, 1),
        RandomStream(seed: 1, purpose: .click, 0, 1), RandomStream(seed: 1, purpose: .click, 0, 0, 1),
        RandomStream(seed: 1, purpose: .click).keyed(0), RandomStream(seed: 1, purpose: .click).keyed(1),
        RandomStream(seed: 1, purpose: .click, 1).keyed(0),
        RandomStream(seed: 1, purpose: .click).keyed(.shuffle),
      ]
      let draws = streams.indices.map { streams[$0].nextUInt64() }
      #expect(Set(draws).count == draws.count)
      var again = RandomStream(seed: 1, purpose: .click)
      #expect(again.nextUInt64() == draws[0])
      #expect(again.keyed(1).first == streams[0].keyed(1).first, "consumption must not matter")
    }

    @Test func distributions() {
      var stream = RandomStream(seed: 5, purpose: Purpose("distributions"))
      let n = 20000
      var counts = [Int](repeating: 0, count: 7)
      var (sum, squares, mean) = (0.0, 0.0, 0.0)
      for _ in 0..<n {
        counts[stream.uniform(below: 7)] += 1
        let x = stream.normal()
        sum += x
        squares += x * x
        let u = stream.uniform()
        #expect(u >= 0 && u < 1)
        mean += u
      }
      // Five standard errors.
      for count in counts {
        #expect(abs(Double(count) - Double(n) / 7) < 5 * (Double(n) * 6 / 49).squareRoot())
      }
      #expect(abs(sum / Double(n)) < 5 / Double(n).squareRoot())
      #expect(abs(squares / Double(n) - 1) < 5 * (2 / Double(n)).squareRoot())
      #expect(abs(mean / Double(n) - 0.5) < 5 * (1 / 12 / Double(n)).squareRoot())
    }

    @Test func shufflesAndSamples() {
      var stream = RandomStream(seed: 6, purpose: .shuffle)
      var array = Array(0..<50)
      stream.shuffle(&array)
      #expect(array != Array(0..<50) && array.sorted() == Array(0..<50))
      for (count, n) in [(0, 0), (0, 3), (3, 3), (5, 1000)] {
        let sample = stream.sample(count, of: n)
        #expect(sample.count == count && Set(sample).count == count)
        #expect(sample.allSatisfy { (0..<n).contains($0) })
      }
    }

    @Test func dropoutKeepsTheExpectation() {
      let tape = Tape<Float>(
        parameters: ParameterSet(), training: true, stream: RandomStream(seed: 1, purpose: .dropout))
      let ones = Matrix<Float>(rows: 100, columns: 100, values: [Float](repeating: 1, count: 10000))
      for rate in [0.1, 0.5, 0.9] {
        let values = tape.dropout(tape.constant(ones), rate: rate).value.values
        let share = Double(values.filter { $0 == 0 }.count) / 10000
        #expect(abs(share - rate) < 5 * (rate * (1 - rate) / 10000).squareRoot())
        #expect(values.allSatisfy { $0 == 0 || abs(Double($0) - 1 / (1 - rate)) < 1e-3 })
      }
    }
  }
}

extension RandomStream {
  fileprivate var first: UInt64 {
    var copy = self
    return copy.nextUInt64()
  }
}
