import Beckon
import Testing

@testable import Datasets

struct HetRecLastFMTests {
  private static let dates = """
    userID\tartistID\ttagID\tday\tmonth\tyear\r
    2\t52\t13\t1\t4\t2009\r
    2\t52\t15\t1\t3\t2009\r
    2\t63\t15\t31\t12\t2008\r
    4\t99\t13\t1\t5\t2010\r
    4\t52\t13\t1\t4\t2010\r

    """
  private static let artists = """
    id\tname\turl\tpictureURL
    52\tBj\u{F6}rk\thttp://x\thttp://y
    63\tThe \u{201C}Used\u{201D}\thttp://x\t
    70\tNobody's\thttp://x\thttp://y

    """

  /// A release as HetRec ships it: the artists UTF-8, the tags Latin-1.
  private static func release(_ files: [String: String?] = [:]) throws -> Fixture {
    let fixture = try Fixture()
    var all: [String: String?] = [
      "artists.dat": artists, "user_taggedartists.dat": dates,
      "user_artists.dat": "userID\tartistID\tweight\r\n2\t63\t11690\r\n4\t52\t7\r\n",
    ]
    all.merge(files) { $1 }
    for (name, text) in all {
      if let text { try fixture.write(Data(text.utf8), to: "lastfm/\(name)") }
    }
    // ñ as one byte of Latin-1.
    let tags = Data("tagID\ttagValue\r\n13\thard rock\r\n15\tespa".utf8) + [0xF1] + Data("ol\r\n".utf8)
    try fixture.write(tags, to: "lastfm/tags.dat")
    return fixture
  }

  private static let spec = #"{"type": "hetrec-lastfm", "path": "lastfm"}"#

  @Test func theFirstTagOfAnArtistIsTheEvent() throws {
    let events = try Self.release().load(Self.spec)
    #expect(events.userIdentifiers == ["2", "4"])
    #expect(events.catalogue.identifiers == ["52", "63", "99"])
    #expect(events.users == [0, 0, 1, 1])
    #expect(events.items == [0, 1, 2, 0])
    // date -u -d 2009-04-01 +%s and so on: of the two rows of user 2 and artist 52 the first in the file counts.
    #expect(events.times == [1_238_544_000, 1_230_681_600, 1_272_672_000, 1_270_080_000])
    #expect(events.ratings.isEmpty)
    #expect(try Dataset(events).sequences == [[1, 0], [0, 2]])
  }

  @Test func namesAndTagsAreTheArtists() throws {
    let catalogue = try Self.release().load(Self.spec).catalogue
    #expect(catalogue.names == ["Björk", "The \u{201C}Used\u{201D}", "99"])
    #expect(catalogue.isNamed(0) && !catalogue.isNamed(2))
    #expect(catalogue.categories == [["hard rock", "español"], ["español"], ["hard rock"]])
  }

  @Test func tagsOfTheFirstRowsAlone() throws {
    let spec = #"{"type": "hetrec-lastfm", "path": "lastfm", "preset": "itmprec"}"#
    let catalogue = try Self.release().load(spec).catalogue
    #expect(catalogue.categories == [["hard rock"], ["español"], ["hard rock"]])
  }

  @Test func timestampsServeWhereThereAreNoDays() throws {
    let stamps = "userID\tartistID\ttagID\ttimestamp\n2\t52\t13\t1238536800000\n2\t63\t15\t1238536700000\n"
    let fixture = try Self.release([
      "user_taggedartists.dat": nil, "user_taggedartists-timestamps.dat": stamps,
    ])
    let events = try fixture.load(Self.spec)
    #expect(events.times == [1_238_536_800_000, 1_238_536_700_000])
    #expect(try Dataset(events).sequences == [[1, 0]])
  }

  @Test func whatWasPlayedIsRatedByPlays() throws {
    let events = try Self.release().load(
      #"{"type": "hetrec-lastfm", "path": "lastfm", "events": "listened"}"#)
    #expect(events.catalogue.identifiers == ["63", "52"])
    #expect(events.ratings == [11690, 7])
    #expect(events.times.isEmpty)
    #expect(events.catalogue.categories == [["español"], ["hard rock", "español"]])
  }

  @Test(arguments: [
    (
      ["user_taggedartists.dat": "userID\tartistID\ttagID\tday\tmonth\tyear\n2\t52\t13\t31\t2\t2009\n"],
      "user_taggedartists.dat:2: there is no day 31.2.2009 (columns 4, 5, 6)."
    ),
    (
      ["user_taggedartists.dat": "userID\tartistID\ttagID\tday\tmonth\tyear\n2\t52\t13\t1\t2\n"],
      "user_taggedartists.dat:2: expected 6 tab-separated fields (userID, artistID, tagID, day, month, year), "
        + "found 5."
    ),
    (
      ["user_taggedartists.dat": "userID\tartistID\ttagID\tday\tmonth\tyear\n2\t52\t14\t1\t2\t2009\n"],
      "user_taggedartists.dat:2: tags.dat has no tag '14'."
    ),
    (
      ["user_taggedartists.dat": "2\t52\t13\t1\t4\t2009\n"],
      "dataset.path: user_taggedartists.dat has no column 'day'."
    ),
    (["artists.dat": nil], "dataset.path: there is no artists.dat in '"),
    (["user_taggedartists.dat": nil], "dataset.path: there is no user_taggedartists-timestamps.dat in '"),
  ])
  func refuses(files: [String: String?], message: String) throws {
    #expect(try Self.release(files).complaint(Self.spec).hasPrefix(message))
  }
}
