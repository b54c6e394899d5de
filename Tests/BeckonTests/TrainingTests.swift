import Beckon
import Hashing
import Testing

struct NegativeSamplerTests {
  @Test func drawsUniformlyOutsideWhatWasMet() {
    var sampler = NegativeSampler(itemCount: 6)
    var stream = RandomStream(seed: 1, purpose: .negatives)
    let drawn = sampler.draw(6000, outside: [1, 4, 4, 1], stream: &stream)
    let counts = (0..<6).map { item in drawn.count { $0 == Int32(item) } }
    #expect(counts[1] == 0 && counts[4] == 0)
    for item in [0, 2, 3, 5] { #expect(abs(counts[item] - 1500) < 150) }
    // The sampler forgets: the next user's items are its own.
    #expect(sampler.draw(500, outside: [0], stream: &stream).contains(4))
  }

  @Test func aUserWhoMetEverythingGetsAnything() {
    var sampler = NegativeSampler(itemCount: 3)
    var stream = RandomStream(seed: 1, purpose: .negatives)
    #expect(Set(sampler.draw(200, outside: [0, 1, 2], stream: &stream)) == [0, 1, 2])
    #expect(Set(sampler.draw(200, outside: [0, 1], stream: &stream)) == [2])
  }

  @Test func theSameStreamGivesTheSameDraws() {
    func draws(_ seed: UInt64) -> [Int32] {
      var sampler = NegativeSampler(itemCount: 50)
      var stream = RandomStream(seed: seed, purpose: .negatives)
      return sampler.draw(20, outside: [3], stream: &stream)
    }
    #expect(draws(1) == draws(1) && draws(1) != draws(2))
  }
}

struct TokenBatchTests {
  @Test func packedSequencesEndInTheLastSlot() {
    let tokens = TokenBatch([[4, 5], [0, 1, 2, 3], []], length: 3, keepingPads: false)
    // Rows are item + 1; an empty sequence has no rows.
    #expect(tokens.items == [5, 6, 2, 3, 4])
    #expect(tokens.positions == [1, 2, 0, 1, 2])
    #expect(tokens.offsets == [0, 2, 5, 5])
    #expect(tokens.keyRows == [0, 1, 2, 3, 4])
    #expect(tokens.count == 5)
  }

  @Test func padsAreKeptOnRequest() {
    let tokens = TokenBatch([[4, 5], [nil, 7]], length: 4, keepingPads: true)
    #expect(tokens.items == [0, 0, 5, 6, 0, 0, 0, 8])
    #expect(tokens.positions == [0, 1, 2, 3, 0, 1, 2, 3])
    #expect(tokens.offsets == [0, 4, 8])
    #expect(tokens.keyRows == [2, 3, 7])
  }

  @Test func holesAreDropped() {
    let tokens = TokenBatch([[1, nil, 2, nil]], length: 4, keepingPads: false)
    #expect(tokens.items == [2, 3] && tokens.positions == [0, 2] && tokens.keyRows == [0, 1])
  }

  private static let history = UserHistory(user: 0, past: [1, 2], clicked: [7])

  private func window(
    past: ArraySlice<Int32>, clicked: [Int32] = [7], length: Int, _ padding: TokenBatch.Padding
  ) -> TokenBatch {
    TokenBatch([UserHistory(user: 0, past: past, clicked: clicked, padding: padding)], length: length)
  }

  @Test func leftPaddingJoinsPastAndClicks() {
    let tokens = window(past: [1, 2], length: 5, .left)
    #expect(tokens.items == [2, 3, 8] && tokens.positions == [2, 3, 4] && tokens.keyRows == [0, 1, 2])
    let narrow = window(past: [1, 2], length: 2, .left)
    #expect(narrow.items == [3, 8] && narrow.positions == [0, 1])
  }

  @Test func rightPaddingPutsClicksAfterThePads() {
    // Slots: 1 2 – – – before the click; it drops the first and appends: 2 – – – 7.
    let tokens = window(past: [1, 2], length: 5, .right)
    #expect(tokens.items == [3, 8] && tokens.positions == [0, 4] && tokens.keyRows == [0, 1])
    // Without a click the newest slot is a pad, and it is the one that is asked.
    let before = window(past: [1, 2], clicked: [], length: 5, .right)
    #expect(before.items == [2, 3, 0] && before.positions == [0, 1, 4] && before.keyRows == [0, 1])
    // A full window has no pads on either side.
    let full: ArraySlice<Int32> = [1, 2, 3, 4, 5, 6]
    let (left, right) = (window(past: full, length: 5, .left), window(past: full, length: 5, .right))
    #expect(left.items == right.items && left.positions == right.positions && left.items == [4, 5, 6, 7, 8])
  }

  @Test(arguments: TokenBatch.Padding.allCases)
  func anEmptyHistoryIsOnePad(padding: TokenBatch.Padding) {
    let tokens = TokenBatch(
      [
        UserHistory(user: 0, past: [], padding: padding),
        UserHistory(user: 0, past: [1, 2], padding: padding),
      ],
      length: 4)
    #expect(tokens.items.first == 0 && tokens.positions.first == 3)
    #expect(tokens.offsets[1] == 1 && !tokens.keyRows.contains(0))
  }

  @Test func theNewestItemsOfAHistory() {
    #expect(
      Self.history.latest(2) == [2, 7] && Self.history.latest(9) == [1, 2, 7] && Self.history.latest(0) == [])
    #expect(UserHistory(user: 0, past: [1], clicked: [2, 3, 4]).latest(2) == [3, 4])
    #expect(Self.history.count == 3)
  }
}

struct SHA256Tests {
  // FIPS 180-4 and its examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func knownAnswers(message: String, digest: String) {
    #expect(SHA256.hexadecimal(of: Array(message.utf8)) == digest)
  }

  @Test func aMillionLetters() {
    #expect(
      SHA256.hexadecimal(of: repeatElement(UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func piecesGiveTheSameAsTheWhole() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
    for cut in [0, 1, 55, 56, 63, 64, 65, 128, 299] {
      var hash = SHA256()
      hash.update(bytes[..<cut])
      _ = hash.hexadecimal
      hash.update(bytes[cut...])
      #expect(hash.hexadecimal == SHA256.hexadecimal(of: bytes))
    }
  }

  @Test func fieldsAreKeptApart() {
    #expect(SHA256.hexadecimal(ofFields: ["ab", "c"]) != SHA256.hexadecimal(ofFields: ["a", "bc"]))
    #expect(SHA256.hexadecimal(ofFields: ["ab"]) != SHA256.hexadecimal(ofFields: ["ab", ""]))
  }
}

struct TrainingSampleTests {
  private static func split(_ lengths: [Int]) throws -> Split {
    var events = Interactions()
    events.keepsNumbers = true
    for item in 0..<100 { events.catalogue.append("i\(item)") }
    for (user, length) in lengths.enumerated() {
      events.userIdentifiers.append("u\(user)")
      for item in 0..<length {
        events.users.append(Int32(user))
        events.items.append(Int32(item))
      }
    }
    let dataset = try Dataset(events)
    return Split(dataset: dataset, training: dataset.sequences.map { $0[...] }, validation: [], test: [])
  }

  @Test func segmentsFollowOneAnother() throws {
    let split = try Self.split([100, 1, 2, 20, 21])
    var lengths: Set<Int> = []
    for seed in 1...40 as ClosedRange<UInt64> {
      let samples: [TrainingSample] = .segments(of: split, lengths: 20...24, seed: seed)
      #expect(samples.map(\.key) == (0..<UInt32(samples.count)).map { $0 })
      let long = samples.filter { $0.user == 0 }
      // Without gaps to the last item; only the last stretch may reach back into the one before.
      #expect(long.first?.items.first == 0 && long.last?.items.last == 99)
      for (one, next) in zip(long, long.dropFirst().dropLast()) {
        #expect(next.items.startIndex == one.items.endIndex)
        lengths.insert(one.items.count)
      }
      let last = try #require(long.last)
      #expect(last.items.startIndex <= long[long.count - 2].items.endIndex)
      #expect((1...24).contains(last.items.count) && long.allSatisfy { $0.items.count >= 2 })
      // One item is nothing to learn from; up to the shortest length a sequence is taken whole.
      #expect(samples.filter { $0.user == 1 }.isEmpty)
      #expect(samples.filter { $0.user == 2 }.map(\.items.count) == [2])
      #expect(samples.filter { $0.user == 3 }.map(\.items.count) == [20])
    }
    #expect(lengths == [20, 21, 22, 23, 24])
    let (one, other): ([TrainingSample], [TrainingSample]) = (
      .segments(of: split, lengths: 20...24, seed: 1), .segments(of: split, lengths: 20...24, seed: 2)
    )
    #expect(one == .segments(of: split, lengths: 20...24, seed: 1) && one != other)
  }
}
