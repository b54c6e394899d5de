import Beckon

/// A dataset that its makers offer for download, with what is known of the archive.
public struct PublicDataset: Sendable {
  /// What it is called here.
  public let name: String
  /// Where its makers keep it.
  public let home: String
  /// Bytes of the archive; nil where nobody says.
  public let size: Int?
  /// SHA-256 of the archive, hexadecimal.
  public let sha256: String
  /// Folder that holds the files in the archive; empty if they lie at its top.
  public let archiveFolder: String
  /// Files without which the dataset is not whole, beside the licence.
  public let files: [String]
  /// Where it goes in the data folder, and the terms of use with their file. Only that file itself counts.
  public let terms: DataTerms
  /// What to cite.
  public let citation: String

  /// All that can be fetched.
  ///
  /// GroupLens publishes an MD5 of each MovieLens archive; the SHA-256 are those that several public projects computed
  /// from the archives independently of each other, for MovieLens beside that MD5. They agree.
  public static let all = [
    PublicDataset(
      name: "movielens-100k", home: "https://files.grouplens.org/datasets/movielens/ml-100k.zip",
      size: 4_924_029, sha256: "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
      archiveFolder: "ml-100k", files: ["u.data", "u.item"], terms: .groupLens("ml-100k", ["README"]),
      citation: movieLensCitation),
    PublicDataset(
      name: "movielens-1m", home: "https://files.grouplens.org/datasets/movielens/ml-1m.zip",
      size: 5_917_549, sha256: "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
      archiveFolder: "ml-1m", files: ["ratings.dat", "movies.dat"], terms: .groupLens("ml-1m", ["README"]),
      citation: movieLensCitation),
    PublicDataset(
      name: "hetrec-lastfm",
      home: "https://files.grouplens.org/datasets/hetrec2011/hetrec2011-lastfm-2k.zip",
      size: nil, sha256: "6738f48195667ff03caaab4d32ca9a3133d8cc026b7c3cdaf6ce1010e913c59c",
      archiveFolder: "", files: ["artists.dat", "tags.dat", "user_artists.dat", "user_taggedartists.dat"],
      terms: .hetRecLastFM("hetrec2011-lastfm-2k"),
      citation: "Cantador, Brusilovsky, Kuflik: HetRec 2011, RecSys 2011."),
  ]

  private static let movieLensCitation =
    "Harper and Konstan: The MovieLens Datasets, ACM TiiS 5(4), 2015, doi:10.1145/2827872."

  /// Folder that holds the files afterwards, in the data folder.
  var folder: String { terms.folder }
  /// File with the terms of use, in that folder.
  var licence: String { terms.files[0] }
}
