# An SMS centre by Net::SMPP (Debian libnet-smpp-perl): takes every submit_sm on 127.0.0.1:PORT, and prints its destination and its octets.
use strict;
use warnings;
use Net::SMPP;

$| = 1;
$SIG{PIPE} = 'IGNORE';    # a client that is killed leaves answers behind,
$SIG{__WARN__} = sub { }; # and a PDU that is cut off
my $centre = Net::SMPP->new_listen('127.0.0.1', port => $ARGV[0], smpp_version => 0x34) or die "port $ARGV[0]: $!";
print "listening\n";
my $count = 0;
while (1) {
    my $session = $centre->accept or next;
    while (my $pdu = $session->read_pdu) {
        my @answer = (seq => $pdu->{seq}, status => 0);
        if    ($pdu->{cmd} == 0x02) { $session->bind_transmitter_resp(@answer, system_id => 'perl') }
        elsif ($pdu->{cmd} == 0x09) { $session->bind_transceiver_resp(@answer, system_id => 'perl') }
        elsif ($pdu->{cmd} == 0x15) { $session->enquire_link_resp(@answer) }
        elsif ($pdu->{cmd} == 0x04) {
            print "$pdu->{destination_addr} ", unpack('H*', $pdu->{short_message}), "\n";
            $session->submit_sm_resp(@answer, message_id => ++$count);
        }
        elsif ($pdu->{cmd} == 0x06) { $session->unbind_resp(@answer); last }
    }
    close $session;
}
