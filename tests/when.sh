# when.sh - calendar events that t-when.sh and nobody else compares
# with systemd-analyze: taken and refused ones
cat <<'E'
minutely
hourly
daily
monthly
weekly
yearly
quarterly
semiannually
Daily
Mon
Sat,Sun
Mon..Fri
Mon..Fri,Sun 10:00
Thu,Fri 2027-*-1,5 11:12:13
Wed *-1
Wed..Wed,Wed *-1
Wed, 17:48
Wed..Sat,Tue 27-10-15 1:2:3
*-*-7 0:0:0
10-15
monday *-12-* 17:00
Mon,Fri *-*-3,1,2 *:30:45
12,14,13,12:20,10,30
12..14:10,20,30
mon,fri *-1/2-1,3 *:30:45
03-05 08:05:40
08:05:40
05:40
Sat,Sun 12-05 08:05:40
Sat,Sun 08:05:40
2027-03-05 08:05:40
2027-03-05
2027-03-05 *:*:*
*:0/5
*:00/15
*-*-* 00/6:00
0/3:30
*-*~1
*-02~3
*-*~07/1
*-*~3..1
*-05~03/1
Mon *-05~07/1
*-*-31
*-02-29
Mon *-02-29
*-*-1..7 18:00:00
Sun *-*-1..7 03:00
2026..2030-01-01
2027/2-06-01
*-*-* 12:00:00.5
*:*:0/15
*:*:10..50/20
@1900000000
2027-11-22 03:15 UTC
daily UTC
*-*-* 4:00 Europe/Berlin
Mon 9:00 America/New_York
2025-01-01
31-02
2027-02-30
*-*-* 25:00
*-*-32
*-13-1
60:00
*:60
foo
Mon..
Sun..Mon
*/5
*:*/5
*-*-*/2
daily daily
Monn
10:00 Nowhere/City
1969-01-01
*-*-0
5..3:00
*:1..2/5
99999999999-1-1
*-*-* *:*:60
-1
,
@
2026-11-22T10:00
E
