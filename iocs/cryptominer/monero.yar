/*
 * monero - who is paid
 */

/*
 * What pays nobody, by its form: documentation, sources, lists of rules and
 * indicators, records. A file with #! is always a script.
 */
private rule document
{
	strings:
		$roff = /\n\.S[Hh] /
		$pod = "\n=head1 "
		$fence = "\n```"
		$table = "| --- |"
		$link = "](http"
		$link_md = /\]\([^\n)]{1,80}\.md(#[^\n)]{0,40})?\)/
		$rst = "\n.. "
		$title = "\n====="
		$html = /<\/(html|body|pre|code|para)>/
		$access = /HTTP\/[12](\.[01])?\\?" [1-5][0-9][0-9] /
		$rule = /\n[ \t]*condition:[ \t\r\n]/
		$source = /\n#(include|define) [<"A-Z]/
		$record = "{\"k\":\"run\""
		$indicator = /"type"[ \t]*:[ \t]*"wallet"/
	condition:
		uint16be(0) != 0x2321 and (
			(uint8(0) == 0x2e and (uint8(1) == 0x5c or uint8(1) >= 0x41)) or
			uint16be(0) == 0x275c or
			(uint8(0) == 0x3c and uint32be(0) != 0x3c3f7068) or
			uint16be(0) == 0x2f2a or uint16be(0) == 0x2f2f or
			uint16be(0) == 0x2d2d or uint16be(0) == 0x3b3b or
			uint16be(0) == 0x2220 or uint32be(0) == 0x25504446 or
			uint32be(0) == 0x23696e63 or uint32be(0) == 0x23646566 or
			uint32be(0) == 0x2369666e or uint32be(0) == 0x53514c69 or
			uint32be(0) == 0x213c6172 or uint16be(0) == 0x1f8b or
			any of them)
}

rule monero_text
{
	meta:
		id = "monero-text"
		title = "a text of the form of a Monero address"
		severity = "info"
		effect = "note"
		attack = "T1496"
		confidence = "INF"
		why = "For the SQL rule monero-file, which verifies the checksum."
		source = "4.28"
		finding = false
	strings:
		// Ninety-five letters, or a hundred and six: 4 or 8, one of twelve,
		// the rest. The twelve are written out, with what stands before,
		// since three known bytes are what the search is quick by.
		$space = /( 40| 41| 42| 43| 44| 45| 46| 47| 48| 49| 4A| 4B| 80| 81| 82| 83| 84| 85| 86| 87| 88| 89| 8A| 8B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?[^1-9A-HJ-NP-Za-km-z]/
		$tab = /(\t40|\t41|\t42|\t43|\t44|\t45|\t46|\t47|\t48|\t49|\t4A|\t4B|\t80|\t81|\t82|\t83|\t84|\t85|\t86|\t87|\t88|\t89|\t8A|\t8B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?[^1-9A-HJ-NP-Za-km-z]/
		$line = /(\n40|\n41|\n42|\n43|\n44|\n45|\n46|\n47|\n48|\n49|\n4A|\n4B|\n80|\n81|\n82|\n83|\n84|\n85|\n86|\n87|\n88|\n89|\n8A|\n8B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?[^1-9A-HJ-NP-Za-km-z]/
		$quote = /("40|"41|"42|"43|"44|"45|"46|"47|"48|"49|"4A|"4B|"80|"81|"82|"83|"84|"85|"86|"87|"88|"89|"8A|"8B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?[^1-9A-HJ-NP-Za-km-z]/
		$apostrophe = /('40|'41|'42|'43|'44|'45|'46|'47|'48|'49|'4A|'4B|'80|'81|'82|'83|'84|'85|'86|'87|'88|'89|'8A|'8B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?[^1-9A-HJ-NP-Za-km-z]/
		$equals = /(=40|=41|=42|=43|=44|=45|=46|=47|=48|=49|=4A|=4B|=80|=81|=82|=83|=84|=85|=86|=87|=88|=89|=8A|=8B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?[^1-9A-HJ-NP-Za-km-z]/
		$colon = /(:40|:41|:42|:43|:44|:45|:46|:47|:48|:49|:4A|:4B|:80|:81|:82|:83|:84|:85|:86|:87|:88|:89|:8A|:8B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?[^1-9A-HJ-NP-Za-km-z]/
		$slash = /(\/40|\/41|\/42|\/43|\/44|\/45|\/46|\/47|\/48|\/49|\/4A|\/4B|\/80|\/81|\/82|\/83|\/84|\/85|\/86|\/87|\/88|\/89|\/8A|\/8B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?[^1-9A-HJ-NP-Za-km-z]/
		$nul = /(\x0040|\x0041|\x0042|\x0043|\x0044|\x0045|\x0046|\x0047|\x0048|\x0049|\x004A|\x004B|\x0080|\x0081|\x0082|\x0083|\x0084|\x0085|\x0086|\x0087|\x0088|\x0089|\x008A|\x008B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?[^1-9A-HJ-NP-Za-km-z]/
		$at = /(@40|@41|@42|@43|@44|@45|@46|@47|@48|@49|@4A|@4B|@80|@81|@82|@83|@84|@85|@86|@87|@88|@89|@8A|@8B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?[^1-9A-HJ-NP-Za-km-z]/
		$comma = /(,40|,41|,42|,43|,44|,45|,46|,47|,48|,49|,4A|,4B|,80|,81|,82|,83|,84|,85|,86|,87|,88|,89|,8A|,8B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?[^1-9A-HJ-NP-Za-km-z]/
		$option = /[ \t]-u(40|41|42|43|44|45|46|47|48|49|4A|4B|80|81|82|83|84|85|86|87|88|89|8A|8B)[1-9A-HJ-NP-Za-km-z]{93}([1-9A-HJ-NP-Za-km-z]{11})?/
	condition:
		not document and any of them
}

rule known_wallet
{
	meta:
		id = "known-wallet"
		title = "an intruder's address of Monero"
		severity = "high"
		effect = "investigate"
		attack = "T1496"
		confidence = "S1"
		why = "Addresses that reports name as those of 8220, Graboid, TeamTNT, WatchDog, Cetus, Sysrv and others. A list of many of them is a list, and no miner's."
		source = "E1 E2 E3 E4 G5 K11 T1 T2 T5 T7 W1 S3 D2"
	strings:
		$w01 = "41e2vPcVux9NNeTfWe8TLK2UWxCXJvNyCQtNb69YEexdNs711jEaDRXWbwaVe4vUMveKAzAiA4j8xgUi29TpKXpm3zKTUYo" fullword
		$w02 = "428uyvSqdpVZL7HHgpj2T5SpasCcoHZNTTzE3Lz2H5ZkiMzqayy19sYDcBGDCjoWbTfLBnc3tc9rG4Y8gXQ8fJiP5tqeBda" fullword
		$w03 = "43zqYTWj1JG1H1idZFQWwJZLTos3hbJ5iR3tJpEtwEi43UBbzPeaQxCRysdjYTtdc8aHao7csiWa5BTP9PfNYzyfSbbrwoR" fullword
		$w04 = "45TwKEr1LjoEPuxnbfuPhaXCf138AoQvtSJ3jdqg1gPxNjkSNbQpzZrGDaFHGLrVT7AzM7tU9QY8NVdr4H1C3r2d3XN9Cty" fullword
		$w05 = "46E9UkTFqALXNh2mSbA7WGDoa2i6h4WVgUgPVdT9ZdtweLRvAhWmbvuY1dhEmfjHbsavKXo3eGf5ZRb4qJzFXLVHGYH4moQ" fullword
		$w06 = "46EPFzvnX5GH61ejkPpNcRNm8kVjs8oHS9VwCkKRCrJX27XEW2y1NPLfSa54DGHxqnKfzDUVW1jzBfekk3hrCVCmAUrFd3H" fullword
		$w07 = "46owoYY3C1X7CaYKctwZSdL2xq73sh3RHTi55ULSo3EuNgWay2eDhop9dy1JuH59v7JPHH5tdi4WYAgCdNQQ3ksDHppLmPb" fullword
		$w08 = "47ZaBbPk8T7TQa1Q7NdB2wAw6Y38DtjNgjKU2QBssUb2fcL7q3aR4kMhG7hfqNha3JEYnveoEQHPVb8zBnUFjRvc8JTpRW3" fullword
		$w09 = "49dnvYkWkZNPrDj3KF8fR1BHLBfiVArU6Hu61N9gtrZWgbRptntwht5JUrXX1ZeofwPwC6fXNxPZfGjNEChXttwWE3WGURa" fullword
		$w10 = "4AB31XZu3bKeUWtwGQ43ZadTKCfCzq3wra6yNbKdsucpRfgofJP3YwqDiTutrufk8D17D7xw1zPGyMspv8Lqwwg36V5chYg" fullword
		$w11 = "4AuKPF4vUMcZZywWdrixuAZxaRFt9FPNgcv9v8vBnCtcPkHPxuGqacfPrLeAQWKZpNGTJzxKuKgTCa6LghSCDrEyJ5s7dnW" fullword
		$w12 = "82etS8QzVhqdiL6LMbb85BdEC3KgJeRGT3X1F3DQBnJa2tzgBJ54bn4aNDjuWDtpygBsRqcfGRK4gbbw3xUy3oJv7TwpUG4" fullword
		$w13 = "84xqqFNopNcG7T5AcVyv7LVyrBfQyTVGxMFEL2gsxQ92eNfu6xddkWabA3yKCJmfdaA9jEiCyFqfffKp1nQkgeq2Uu2dhB8" fullword
		$w14 = "85X7JcgPpwQdZXaK2TKJb8baQAXc3zBsnW7JuY7MLi9VYSamf4bFwa7SEAK9Hgp2P53npV19w1zuaK5bft5m2NN71CmNLoh" fullword
		$w15 = "87q6aU1M9xmQ5p3wh8Jzst5mcFfDzKEuuDjV6u7Q7UDnAXJR7FLeQH2UYFzhQatde2WHuZ9LbxRsf3PGA8gpnGXL3G7iWMv" fullword
		$w16 = "88ZrgnVZ687Wg8ipWyapjCVRWL8yFMRaBDrxtiPSwAQrNz5ZJBRozBSJrCYffurn1Qg7Jn7WpRQSAA3C8aidaeadAn4xi4k" fullword
	condition:
		not document and
		any of ($w*) and not 4 of ($w*)
}
