extension RaggedLayout {
  init(lengths: [Int], isKey: [Bool]) {
    if isKey.isEmpty { self.init(lengths: lengths); return }
    var pads: [Int] = []; var blind: [Bool] = []; var at = 0
    for length in lengths {
      let part = isKey[at..<at + length]
      pads.append(min(part.prefix { !$0 }.count, length - 1))
      blind.append(part.last == false)
      at += length
    }
    self.init(lengths: lengths, pads: pads, lastIsBlind: blind)
  }
}
